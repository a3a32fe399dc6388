"""The doctor: looks at an installation, says what is wrong with it and what helps; changes nothing."""
