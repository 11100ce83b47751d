export {
  type AdapterUnderTest,
  adapterConformance,
  type RouteAnswer,
  type ServerSetup,
  type ServerUnderTest,
} from './adapter-conformance.ts';
export { type QueueFixture, type QueueUnderTest, queueConformance } from './queue-conformance.ts';
export {
  type ConformanceCase,
  type StoreUnderTest,
  storeConformance,
} from './store-conformance.ts';
export {
  type CallbackOptions,
  type RequestTokenOptions,
  type SiteTokenOptions,
  type TestSite,
  type TestSiteOptions,
  testSite,
  type WebhookRequestOptions,
} from './test-site.ts';
