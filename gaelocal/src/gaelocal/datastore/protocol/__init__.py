"""The protocol: requests are parsed and checked, responses are encoded."""
