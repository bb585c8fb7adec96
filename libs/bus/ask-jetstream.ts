import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { Bus } from './connect.ts'

const limitMs = 1_000

/**
 * For questions that are asked again until there is a response. While a stream or a consumer has no leader, nobody responds
 * to questions about it, nor does its next leader to those that came before: to wait for one longer makes an election
 * longer by as much. Nothing is asked beforehand (`checkAPI`), because only the leader of the cluster responds to that.
 */
export function askJetStream(bus: Bus): Promise<JetStreamManager> {
  return jetstreamManager(bus, { checkAPI: false, timeout: limitMs })
}
