/**
 * Words of a descriptor that Jira knows. They are here for completion and for "did you mean": a word that is missing in
 * these lists is a warning, and never keeps an app from starting.
 */

/** @see https://developer.atlassian.com/cloud/jira/platform/scopes-for-connect-apps/ */
export const DESCRIPTOR_SCOPES = [
  'NONE',
  'READ',
  'WRITE',
  'DELETE',
  'PROJECT_ADMIN',
  'SPACE_ADMIN',
  'ADMIN',
  'ACT_AS_USER',
  'ACCESS_EMAIL_ADDRESSES',
] as const;

/** The scopes that include READ. */
export const READING_SCOPES: ReadonlySet<string> = new Set([
  'READ',
  'WRITE',
  'DELETE',
  'PROJECT_ADMIN',
  'ADMIN',
]);

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/issue-field/ */
export const ISSUE_FIELD_TYPES = [
  'string',
  'text',
  'rich_text',
  'number',
  'single_select',
  'multi_select',
  'read_only',
] as const;

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/issue-field-property/ */
export const PROPERTY_TYPES = ['number', 'string', 'date'] as const;

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/entity-property/ */
export const EXTRACTION_TYPES = ['number', 'text', 'string', 'user', 'date'] as const;

/** @see https://developer.atlassian.com/cloud/jira/platform/webhooks/ */
export const WEBHOOK_EVENTS = [
  'jira:issue_created',
  'jira:issue_updated',
  'jira:issue_deleted',
  'comment_created',
  'comment_updated',
  'comment_deleted',
  'issue_property_set',
  'issue_property_deleted',
  'issuelink_created',
  'issuelink_deleted',
  'worklog_created',
  'worklog_updated',
  'worklog_deleted',
  'attachment_created',
  'attachment_deleted',
  'project_created',
  'project_updated',
  'project_deleted',
  'project_soft_deleted',
  'project_restored_deleted',
  'project_archived',
  'project_restored_archived',
  'jira:version_created',
  'jira:version_updated',
  'jira:version_deleted',
  'jira:version_moved',
  'jira:version_merged',
  'jira:version_released',
  'jira:version_unreleased',
  'user_created',
  'user_updated',
  'user_deleted',
  'filter_created',
  'filter_updated',
  'filter_deleted',
  'issuetype_created',
  'issuetype_updated',
  'issuetype_deleted',
  'sprint_created',
  'sprint_updated',
  'sprint_started',
  'sprint_closed',
  'sprint_deleted',
  'board_created',
  'board_updated',
  'board_deleted',
  'board_configuration_changed',
  'option_attachments_changed',
  'option_issuelinks_changed',
  'option_subtasks_changed',
  'option_timetracking_changed',
  'option_timetracking_provider_changed',
  'option_unassigned_issues_changed',
  'option_voting_changed',
  'option_watching_changed',
  'connect_addon_enabled',
  'connect_addon_disabled',
  'jira_expression_evaluation_failed',
] as const;

/** @see https://developer.atlassian.com/cloud/jira/platform/conditions/ */
export const CONDITIONS = [
  'addon_is_licensed',
  'addon_property_contains_all',
  'addon_property_contains_any',
  'addon_property_contains_any_user_group',
  'addon_property_contains_context',
  'addon_property_equal_to',
  'addon_property_equal_to_context',
  'addon_property_exists',
  'can_attach_file_to_issue',
  'can_manage_attachments',
  'can_use_application',
  'entity_property_contains_all',
  'entity_property_contains_all_user_groups',
  'entity_property_contains_any',
  'entity_property_contains_any_user_group',
  'entity_property_contains_any_user_role',
  'entity_property_contains_context',
  'entity_property_equal_to',
  'entity_property_equal_to_context',
  'entity_property_exists',
  'feature_flag',
  'has_global_permission',
  'has_issue_permission',
  'has_project_permission',
  'has_selected_project',
  'has_selected_project_permission',
  'has_sub_tasks_available',
  'has_voted_for_issue',
  'is_admin_mode',
  'is_issue_assigned_to_current_user',
  'is_issue_editable',
  'is_issue_reported_by_current_user',
  'is_issue_unresolved',
  'is_sub_task',
  'is_watching_issue',
  'jira_expression',
  'linking_enabled',
  'not_version_context',
  'servicedesk.is_agent',
  'servicedesk.is_customer',
  'sub_tasks_enabled',
  'time_tracking_enabled',
  'user_has_issue_history',
  'user_is_admin',
  'user_is_logged_in',
  'user_is_project_admin',
  'user_is_sysadmin',
  'user_is_the_logged_in_user',
  'voting_enabled',
  'watching_enabled',
] as const;

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/report/ */
export const REPORT_CATEGORIES = [
  'agile',
  'issue_analysis',
  'forecast_management',
  'other',
] as const;

/** @see https://developer.atlassian.com/cloud/jira/platform/modules/project-permission/ */
export const PERMISSION_CATEGORIES = [
  'projects',
  'issues',
  'voters_and_watchers',
  'comments',
  'attachments',
  'time_tracking',
  'other',
] as const;
