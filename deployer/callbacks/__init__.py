"""Plugins that ansible-playbook loads from here while the command line runs it."""
