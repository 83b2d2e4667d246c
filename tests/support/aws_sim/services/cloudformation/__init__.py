"""CloudFormation: stacks with references to secrets, stacks that fail, and types that moto lacks."""
