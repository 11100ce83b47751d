export {
  type ConformanceCase,
  type StoreUnderTest,
  storeConformance,
} from './store-conformance.ts';
