"""What the estimate refuses: CostError, which is MissingPrice, UnusableSize or UnusableTable. Each says what to do."""


class CostError(Exception):
    """The estimate cannot be made."""


class MissingPrice(CostError):
    """Something has no price in prices.yaml; to count it as nothing would be wrong."""


class UnusableSize(CostError):
    """A size sets a variable that Terraform does not have, or a value that cannot be."""


class UnusableTable(CostError):
    """A YAML file of the estimate, or Terraform code that it reads, is not as it has to be."""
