"""A simulated AWS: moto's server with the gaps closed that keep Terraform from applying, re-planning and destroying."""

from tests.support.aws_sim.process import AwsSim

__all__ = ["AwsSim"]
