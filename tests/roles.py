"""Who may do what, as one table: every route, every handler of a page, every table. What is not listed fails a test."""

from __future__ import annotations

from enum import Enum


class Access(Enum):
    """Who is let in; roles as stored, a stranger has none."""

    ANYBODY = frozenset({"stranger", "user", "ib", "admin", "super_admin"})
    PERSON = frozenset({"user", "ib", "admin", "super_admin"})
    STAFF = frozenset({"admin", "super_admin"})
    OWNER = frozenset({"super_admin"})
    AGENT = frozenset[str]()
    """By its key alone; no person's proof is looked at."""


CALLERS = ("stranger", "user", "ib", "admin", "super_admin")


ROUTES: dict[Access, str] = {
    Access.ANYBODY: """
        GET /api/agent/forex-elite-agent.pyz
        GET /api/agent/install.ps1
        GET /api/agent/release
        POST /api/auth/forgot
        POST /api/auth/login
        POST /api/auth/register
        POST /api/auth/reset
        GET /api/health
        GET /api/health/ready
        GET /api/metrics
        POST /webhooks/tv/{webhook_secret}
    """,
    Access.AGENT: """
        POST /api/agents/{agent_id}/accounts
        POST /api/agents/{agent_id}/accounts/{account_id}/credentials
        GET /api/agents/{agent_id}/artifacts/{sha256}
        PUT /api/agents/{agent_id}/artifacts/{sha256}
        GET /api/agents/{agent_id}/deployments
        POST /api/agents/{agent_id}/heartbeat
        GET /api/agents/{agent_id}/jobs/next
        GET /api/agents/{agent_id}/jobs/unsettled
        POST /api/agents/{agent_id}/jobs/{job_id}/extend
        POST /api/agents/{agent_id}/jobs/{job_id}/result
        POST /api/agents/{agent_id}/logs
        POST /api/agents/{agent_id}/prices
        GET /api/agents/{agent_id}/release
        POST /api/agents/{agent_id}/trades
    """,
    Access.PERSON: """
        GET /api/accounts/{account_id}/balance
        POST /api/accounts/{account_id}/flatten
        GET /api/accounts/{account_id}/orders
        DELETE /api/accounts/{account_id}/orders/{ticket}
        PATCH /api/accounts/{account_id}/orders/{ticket}
        GET /api/accounts/{account_id}/symbols
        POST /api/accounts/{account_id}/sync
        GET /api/agents
        POST /api/agents
        DELETE /api/agents/{agent_id}
        POST /api/agents/{agent_id}/pairing-key
        GET /api/alerts
        POST /api/alerts/acknowledge
        POST /api/alerts/{alert_id}/acknowledge
        GET /api/analytics
        GET /api/audit
        POST /api/auth/logout
        GET /api/auth/me
        POST /api/auth/password
        GET /api/auth/sessions
        POST /api/auth/sessions/revoke-others
        DELETE /api/auth/sessions/{session_id}
        GET /api/auth/tokens
        POST /api/auth/tokens
        DELETE /api/auth/tokens/{token_id}
        GET /api/auth/two-factor
        POST /api/auth/two-factor
        POST /api/auth/two-factor/confirm
        POST /api/auth/two-factor/disable
        POST /api/auth/two-factor/recovery-codes
        GET /api/candles
        GET /api/ea/backtests/{backtest_id}
        GET /api/ea/backtests/{backtest_id}/report
        GET /api/ea/deployments
        POST /api/ea/deployments
        POST /api/ea/deployments/check
        POST /api/ea/deployments/commands
        GET /api/ea/deployments/compare
        GET /api/ea/deployments/{deployment_id}
        PATCH /api/ea/deployments/{deployment_id}
        GET /api/ea/deployments/{deployment_id}/backtests
        POST /api/ea/deployments/{deployment_id}/backtests
        GET /api/ea/deployments/{deployment_id}/events
        POST /api/ea/deployments/{deployment_id}/roll-back
        POST /api/ea/deployments/{deployment_id}/{command}
        GET /api/ea/generations/usage
        GET /api/ea/generations/{generation_id}
        POST /api/ea/generations/{generation_id}/cancel
        GET /api/ea/generations/{generation_id}/events
        GET /api/ea/generations/{generation_id}/steps
        DELETE /api/ea/presets/{preset_id}
        PATCH /api/ea/presets/{preset_id}
        GET /api/ea/presets/{preset_id}/file
        GET /api/ea/projects
        POST /api/ea/projects
        POST /api/ea/projects/import
        GET /api/ea/projects/tags
        GET /api/ea/projects/{project_id}
        PATCH /api/ea/projects/{project_id}
        PATCH /api/ea/projects/{project_id}/draft
        GET /api/ea/projects/{project_id}/draft/file
        POST /api/ea/projects/{project_id}/draft/import
        GET /api/ea/projects/{project_id}/draft/raw
        PUT /api/ea/projects/{project_id}/draft/raw
        GET /api/ea/projects/{project_id}/export
        POST /api/ea/projects/{project_id}/fork
        POST /api/ea/projects/{project_id}/generate
        GET /api/ea/projects/{project_id}/generations
        GET /api/ea/projects/{project_id}/inputs
        GET /api/ea/projects/{project_id}/presets
        POST /api/ea/projects/{project_id}/presets
        POST /api/ea/projects/{project_id}/presets/import
        GET /api/ea/projects/{project_id}/versions
        POST /api/ea/projects/{project_id}/versions
        GET /api/ea/templates
        GET /api/ea/versions/{version_id}
        POST /api/ea/versions/{version_id}/check
        POST /api/ea/versions/{version_id}/compile
        GET /api/ea/versions/{version_id}/diff
        GET /api/ea/versions/{version_id}/ex5
        GET /api/ea/versions/{version_id}/export
        GET /api/ea/versions/{version_id}/file
        GET /api/ea/versions/{version_id}/inputs
        GET /api/ea/versions/{version_id}/log
        GET /api/ea/versions/{version_id}/raw
        POST /api/ea/versions/{version_id}/restore
        GET /api/ea/wizard
        POST /api/ea/wizard
        GET /api/files
        POST /api/files
        DELETE /api/files/{file_id}
        GET /api/files/{file_id}/content
        GET /api/health/accounts
        GET /api/jobs/{job_id}
        POST /api/jobs/{job_id}/cancel
        GET /api/kill-switch
        POST /api/kill-switch
        POST /api/kill-switch/lift
        GET /api/leaderboard
        GET /api/leaderboard/awards
        DELETE /api/leaderboard/me
        PUT /api/leaderboard/me
        GET /api/logs
        GET /api/logs/download
        POST /api/mql5/complete
        POST /api/mql5/definition
        POST /api/mql5/diagnose
        POST /api/mql5/format
        POST /api/mql5/hover
        POST /api/mql5/inputs
        GET /api/mql5/names
        POST /api/mql5/outline
        POST /api/mql5/signature
        GET /api/mql5/support
        GET /api/orders
        POST /api/orders
        GET /api/orders/{order_id}
        GET /api/partners/me
        POST /api/partners/me
        GET /api/partners/me/dashboard
        POST /api/partners/me/payouts/{month}
        GET /api/partners/me/statements/{month}/csv
        GET /api/pnl
        GET /api/quotes/bars
        GET /api/trades
        POST /api/trades/close
        GET /api/trades/export.csv
        PATCH /api/trades/{trade_id}
        POST /api/trades/{trade_id}/close
        POST /api/trades/{trade_id}/close-by
        POST /api/trades/{trade_id}/protection
        GET /api/tv/signals
        GET /api/tv/signals/{signal_id}
        GET /api/tv/strategies
        POST /api/tv/strategies
        DELETE /api/tv/strategies/{strategy_id}
        GET /api/tv/strategies/{strategy_id}
        PATCH /api/tv/strategies/{strategy_id}
        POST /api/tv/strategies/{strategy_id}/rotate-secret
        GET /api/user/account-groups
        POST /api/user/account-groups
        DELETE /api/user/account-groups/{group_id}
        PATCH /api/user/account-groups/{group_id}
        POST /api/user/ea/command
        GET /api/user/mt5-accounts
        POST /api/user/mt5-accounts
        DELETE /api/user/mt5-accounts/{account_id}
        GET /api/user/mt5-accounts/{account_id}
        PATCH /api/user/mt5-accounts/{account_id}
        GET /api/user/mt5-accounts/{account_id}/limits
        PUT /api/user/mt5-accounts/{account_id}/limits
        POST /api/user/mt5-accounts/{account_id}/resume
        PATCH /api/user/mt5-accounts/{account_id}/toggle
        GET /api/user/statistics
        GET /api/user/trades/{trade_id}
    """,
    Access.STAFF: """
        GET /api/admin/agents
        GET /api/admin/alerts
        GET /api/admin/features
        GET /api/admin/health
        PUT /api/admin/features
        GET /api/admin/logs
        GET /api/admin/logs/download
        GET /api/admin/queue
        POST /api/admin/queue/{job_id}/cancel
        POST /api/admin/queue/{job_id}/requeue
        GET /api/admin/users
        POST /api/admin/users/{user_id}/log-out
        POST /api/admin/users/{user_id}/reinstate
        GET /api/admin/users/{user_id}/sessions
        POST /api/admin/users/{user_id}/suspend
        GET /api/leaderboard/prizes
        POST /api/leaderboard/prizes
        DELETE /api/leaderboard/prizes/{prize_id}
    """,
    Access.OWNER: """
        PUT /api/admin/users/{user_id}/role
        GET /api/partners
        GET /api/partners/payouts
        POST /api/partners/payouts/{payout_id}/decision
        PUT /api/partners/subscriptions
        GET /api/partners/tiers
        POST /api/partners/tiers
        DELETE /api/partners/tiers/{tier_id}
        PUT /api/partners/tiers/{tier_id}
        POST /api/partners/{partner_id}/decision
    """,
}

HANDLERS: dict[Access, dict[str, str]] = {
    Access.ANYBODY: {
        "AccountsState": "ask_add ask_remove close_dialog set_has_hours show_tab",
        "AgentsState": "close_dialog fill_start",
        "AuditState": "toggle",
        "AutomationState": "close fill",
        "BulkState": "dismiss type_number",
        "ChannelsState": "ask_discord ask_remove close_dialog",
        "FactorState": "close open",
        "HealthState": "toggle_runs",
        "KillSwitchState": "ask_lift close keep set_flatten",
        "PrivacyState": "close_dialog",
        "PendingState": "dismiss",
        "PositionsState": "choose_portion choose_unit close_dialog type_lots",
        "QueueState": "close_dialog",
        "SessionState": "skip_if_signed_in",
        "SettingsState": "ask_revoke_others close_dialog",
        "StrategiesState": "ask close_dialog",
        "TokensState": "close open_create",
        "TradeState": "close",
        "UsersState": "close_dialog",
        "LeaderboardState": "close_dialog",
        "PartnersAdminState": "close_dialog",
        "PartnersState": "close_dialog",
    },
    Access.PERSON: {
        "AccountsState": "ask_group changed delete_group load open_setup remove resume save_group save_hours "
        "save_limits "
        "save_place save_symbols saved toggle",
        "AgentsState": "ask_delete ask_rotate changed create delete load open_create rotate",
        "AnalyticsState": "changed choose_currency choose_month choose_period load retry",
        "AutomationState": "changed command_account command_all command_group try_again",
        "BulkState": "ask choose choose_symbol close load",
        "ChannelsState": "add_discord add_email begin_telegram changed choose enable load remove save_quiet test",
        "ComplianceState": "ask changed load remove",
        "FactorState": "begin confirm disable load renew",
        "HealthState": "acknowledge acknowledge_all changed load sync_now",
        "HistoryState": "changed choose clear load next_page previous_page retry show_new",
        "KillSwitchState": "changed choose lift open throw",
        "NotificationsState": "changed choose_event load mark mark_all_read next_page previous_page show",
        "OnboardingState": "finish load",
        "OverviewState": "changed draw_curves load",
        "PendingState": "ask_cancel cancel changed load next_page previous_page save_level",
        "PositionsState": "ask_close ask_close_by ask_protect await_orders changed close close_by load "
        "next_page previous_page protect save_level",
        "PrivacyState": "ask_erase changed erase export load remove",
        "SessionState": "load",
        "SettingsState": "change_password choose_appearance load revoke revoke_others save_profile save_risk",
        "ShellState": "acknowledge_alerts changed load select_account",
        "SignalsState": "changed choose_execution choose_strategy choose_tab load next_page "
        "open_signal previous_page retry show_new",
        "StrategiesState": "begin build changed delete fill_sources load open_strategy rotate save toggle",
        "TokensState": "ask_revoke create load revoke",
        "TradeState": "changed load open retry",
        "TradingState": "changed choose_account choose_one_click load",
        "LeaderboardState": "changed choose enter load next_page previous_page open_entering toggle",
        "PartnersAdminState": "load",
        "PartnersState": "apply ask_payout load request_payout",
    },
    Access.STAFF: {
        "AuditState": "choose_action choose_person load next_page previous_page",
        "FeaturesState": "load save",
        "InstallationState": "changed choose_severity load look_for next_page previous_page show_over",
        "LogsState": "changed choose_level follow load look_for next_page previous_page",
        "QueueState": "ask cancel changed choose load next_page previous_page requeue",
        "WatchedAgentsState": "changed choose look_for load next_page previous_page",
        "UsersState": "ask choose_role choose_standing load log_out next_page previous_page reinstate retry "
        "search suspend",
        "LeaderboardState": "add_prize drop_prize open_prizes",
    },
    Access.OWNER: {
        "UsersState": "set_role",
        "PartnersAdminState": "ask decide edit_tier save_tier set_fee",
    },
}


class Rows(Enum):
    """Whose rows of a table are seen and changed by whom (raw SQL as the application's role)."""

    OWN = "one's own; a broker reads its clients'; staff and the server all"
    PRIVATE = "one's own, staff and the server; no broker"
    SEALED = "one's own alone: not even staff's"
    PERSONAL = "one's own and the server's own work; neither staff's nor a broker's"
    SECRET = "the server's own work alone"
    GONE = "the server's own work alone, about people who are no more"
    STAFF = "read by everybody signed in, written by staff"
    PARTNERS = "a broker's own to read; a super_admin's and the server's to manage"
    STANDINGS = "one's own and staff's to read; the server's to write"
    FEES = "one's own to read; a super_admin's and the server's to manage; no admin's and no broker's"
    PRIZES = "staff's and the server's"
    NOTES = "the server's own, about nobody"
    PEOPLE = "oneself; a broker reads clients; an admin changes ordinary users; a super_admin and the server all"


TABLES: dict[Rows, str] = {
    Rows.OWN: """
        account_groups account_rollups account_snapshots alerts balance_operations broker_quotes
        candle_series candles consents ea_deployment_events ea_deployments jobs mt5_accounts mt5_agents pending_orders
        quote_bars risk_events signal_executions symbols sync_runs system_logs orders trade_days trade_events
        trades tv_signals tv_strategies tv_strategy_accounts user_settings
    """,
    Rows.PRIVATE: """
        api_tokens audit_heads audit_log ea_artifacts ea_backtests ea_draft_files ea_generation_events
        ea_generations ea_presets ea_projects
        ea_version_files ea_versions leaderboard_changes leaderboard_profiles sessions signal_fingerprints
    """,
    Rows.SEALED: "account_credentials",
    Rows.PERSONAL: """
        notification_channels notification_codes notification_deliveries notification_settings prepared_chunks
        prepared_files
    """,
    Rows.GONE: "erasures",
    Rows.SECRET: "login_attempts password_resets recovery_codes user_credentials",
    Rows.STAFF: "feature_settings",
    Rows.PARTNERS: "ib_partners ib_payouts ib_revenue ib_tiers",
    Rows.STANDINGS: "leaderboard_entries leaderboard_results",
    Rows.FEES: "subscriptions",
    Rows.PRIZES: "leaderboard_prizes",
    Rows.NOTES: "ib_revenue_runs leaderboard_boards leaderboard_closings",
    Rows.PEOPLE: "users",
}
