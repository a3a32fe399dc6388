"""Content blocks: what members see of the programme in e-mails, shops and apps, worded, drawn and delivered."""
