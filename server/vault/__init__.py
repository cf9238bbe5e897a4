"""Backups: one encrypted file with every row of the clinic, of either database, that can be put back into either.

`key` says with what, `sealed` how bytes are packed, `lines` what is in them, `contents` whether it is whole; `backup`
and `restore` do the work, `commands` talks to the person. Nothing is ever written unencrypted, not even for a moment.
"""
