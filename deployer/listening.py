"""What servers of the command line say of the address that they listen on."""

import errno
import os


def url_host(host: str) -> str:
    """A host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def reason_of(error: OSError) -> str:
    """Why an address cannot be listened on: the system's words, without those that Python puts around them.

    A host that is not found is none of the system's errors.
    """
    if error.errno is not None and error.errno in errno.errorcode:
        return os.strerror(error.errno)
    return error.strerror or str(error)
