/**
 * The modules of a descriptor that may stand under connectModules, each as `jira:` and its name.
 *
 * @see https://developer.atlassian.com/platform/forge/manifest-reference/#connectmodules
 * From the schema of the npm package @forge/manifest 13.7.0, which forge lint checks manifests with.
 */
export const CONNECT_MODULES: ReadonlySet<string> = new Set(
  (
    'adminPages assetPanels automationActions configurePage dialogs generalPages ' +
    'jiraBackgroundScripts jiraBuildInfoProvider jiraDashboardItems jiraDeploymentGating ' +
    'jiraDeploymentInfoProvider jiraDevOpsComponentProvider jiraDevelopmentTool ' +
    'jiraEntityProperties jiraFeatureFlagInfoProvider jiraGlobalPermissions jiraIssueContents ' +
    'jiraIssueContexts jiraIssueFields jiraIssueGlances jiraIssueTabPanels jiraIssueTypes ' +
    'jiraJqlFunctions jiraOperationsInfoProvider jiraProjectAdminTabPanels jiraProjectPages ' +
    'jiraProjectPermissions jiraProjectTabPanels jiraRemoteLinkInfoProvider jiraReports ' +
    'jiraSearchRequestViews jiraSecurityInfoProvider jiraTimeTrackingProviders ' +
    'jiraWorkflowConditions jiraWorkflowPostFunctions jiraWorkflowValidators keyboardShortcuts ' +
    'postInstallPage serviceDeskOrganizationActions serviceDeskOrganizationPanels ' +
    'serviceDeskPortalFooters serviceDeskPortalHeaders serviceDeskPortalProfileActions ' +
    'serviceDeskPortalProfilePanels serviceDeskPortalRequestCreatePropertyPanels ' +
    'serviceDeskPortalRequestViewActions serviceDeskPortalRequestViewDetailsPanels ' +
    'serviceDeskPortalRequestViewPanels serviceDeskPortalSubHeaders ' +
    'serviceDeskPortalUserMenuActions serviceDeskQueueGroups serviceDeskQueues ' +
    'serviceDeskReportGroups serviceDeskReports webItems webPanels webSections webhooks'
  ).split(' '),
);
