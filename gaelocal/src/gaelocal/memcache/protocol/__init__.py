"""The text protocol of memcached, including its meta commands."""
