import { deliveryCases } from './adapter/deliveries.ts';
import { type AdapterUnderTest, checkOf } from './adapter/served.ts';
import { tokenCases } from './adapter/tokens.ts';
import { urlCases } from './adapter/urls.ts';
import type { ConformanceCase } from './store-conformance.ts';

export type {
  AdapterUnderTest,
  RouteAnswer,
  ServerSetup,
  ServerUnderTest,
} from './adapter/served.ts';

/**
 * The suite that Countersign's own adapters are run through, each on its framework's real server: every place and kind
 * of a token, mounted paths and proxies, encoded URLs, bodies, methods, and connections that do not behave.
 *
 * @example for (const { name, run } of adapterConformance({ start: startMyServer })) test(name, run);
 */
export function adapterConformance(adapter: AdapterUnderTest): readonly ConformanceCase[] {
  const check = checkOf(adapter);
  return [...tokenCases(check), ...urlCases(check), ...deliveryCases(check)];
}
