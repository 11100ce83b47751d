import type { WebhookDelivery } from '../delivery.ts';

/** A delivery as it lies in Redis. JSON leaves out what is undefined. */
export function deliveryOf(text: string): WebhookDelivery {
  const none = undefined;
  return {
    ...{ identifier: none, payload: none, flow: none, trace: none, orderKey: none },
    ...(JSON.parse(text) as WebhookDelivery),
  };
}
