/** The installation and the requests that are signed, verified and sent. */
export const appKey = 'com.example.fields';
export const clientKey = '4720cd43-432e-3f1d-9a33-bf16fd6b3a8d';
export const sharedSecret = 'ATCO-4f1c2d7e9b8a6053-4f1c2d7e9b8a6053-4f1c2d7e9b8a6053-64-bytes';

export interface Workload {
  name: string;
  method: string;
  url: string;
}

export const iframePath =
  '/panel?xdm_e=https%3A%2F%2Fexample.atlassian.net&xdm_c=channel-com.example.fields__panel&cp=' +
  '&xdm_deprecated_addon_key_do_not_use=com.example.fields&lic=none&cv=1001.0.0-SNAPSHOT' +
  '&issueKey=XX-21&projectId=10000';

/** The first one is the headline. */
export const workloads: Workload[] = [
  {
    name: 'PUT issue',
    method: 'PUT',
    url: 'https://example.atlassian.net/rest/api/3/issue/XX-21?overrideScreenSecurity=true&overrideEditableFlag=true',
  },
  { name: 'GET myself', method: 'GET', url: '/rest/api/3/myself' },
  {
    name: 'JQL search',
    method: 'GET',
    url: '/rest/api/3/search/jql?jql=project%20%3D%20%22XX%22%20AND%20status%20in%20(Open%2C%20%22In%20Progress%22)%20ORDER%20BY%20created%20DESC&fields=summary&fields=status&fields=assignee&maxResults=100',
  },
  { name: 'iframe', method: 'GET', url: iframePath },
];
