"""Names of metadata that mean something to LiteLLM when they stand on a key, so that users may not write them."""

from __future__ import annotations

import re

# What LiteLLM's endpoints for keys move into the metadata.
_OF_ENDPOINTS = frozenset(
    {
        "allowed_passthrough_routes",
        "allowed_vector_store_indexes",
        "default_estimated_output_tokens",
        "default_estimated_output_tokens_per_model",
        "denied_passthrough_routes",
        "disable_global_guardrails",
        "enable_prompt_caching",
        "end_user_budget_id",
        "enforced_batch_output_expires_after",
        "enforced_file_expires_after",
        "enforced_params",
        "guardrails",
        "logging",
        "mcp_rpm_limit",
        "model_itpm_limit",
        "model_otpm_limit",
        "model_rpm_limit",
        "model_tpm_limit",
        "policies",
        "prompts",
        "rpm_limit_type",
        "secret_manager_settings",
        "service_account_id",
        "tag_rpm_limit",
        "tags",
        "team_member_key_duration",
        "temp_budget_expiry",
        "temp_budget_increase",
        "throttle_on_budget_exceeded",
        "tpm_limit_type",
    }
)
# What it reads there besides: of keys, or of users and teams, where somebody could bring it by other ways.
_READ_ELSEWHERE = frozenset(
    {
        "allow_client_message_redaction_opt_out",
        "allow_client_mock_response",
        "allow_client_pricing_override",
        "allowed_tools",
        "auto_registered",
        "batch_enqueued_request_limit",
        "batch_enqueued_token_limit",
        "cache",
        "callback_settings",
        "disable_fallbacks",
        "max_batch_file_records",
        "max_batch_file_uploads_per_day",
        "max_budget_alert_emails",
        "max_file_downloads_per_minute",
        "model_config",
        "opted_out_global_guardrails",
        "otel_service_name",
        "otel_service_name_override",
        "password_reset_required",
        "phoenix_project_name",
        "phoenix_project_name_override",
        "priority",
        "soft_budget_alerting_emails",
        "spend_logs_metadata",
        "team_member_budget_id",
        "zguard_policy_id",
    }
)
INTERPRETED = _OF_ENDPOINTS | _READ_ELSEWHERE

# Names like these and of versions to come: marks of LiteLLM itself, switches, limits; and what the gateway may keep.
_FAMILIES = re.compile(
    r"^(_|litellm|gateway|user_api_|scim_|opik|phoenix|allow|deny|denied|disable|enable|enforce)|guardrail|_limit|_budget"
)


def is_interpreted(name: str) -> bool:
    """Upper case is no way around it."""
    return name.lower() in INTERPRETED or _FAMILIES.search(name.lower()) is not None
