"""One file per outside client; nothing else in the timeline speaks to Google, memcached or SMTP."""
