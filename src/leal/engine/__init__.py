"""The verbs: what can happen to a member; a batch of commands is one transaction."""
