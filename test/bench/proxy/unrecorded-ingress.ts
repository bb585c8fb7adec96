import { createLogger, createMetrics, listen } from '@airs-cp/runtime'
import { readIngressConfig } from '../../../services/ingress/config.ts'
import { followActivePolicy } from '../../../services/ingress/decision/active-policy.ts'
import { createPipeline } from '../../../services/ingress/pipeline.ts'
import type { Recorder } from '../../../services/ingress/recording/recorder.ts'
import { openProviders } from '../../../services/ingress/routing/providers.ts'
import { createIngressMetrics } from '../../../services/ingress/telemetry/metrics.ts'

/** The ingress's pipeline without a journal, which the product does not offer: the price of recording is the rest. */
const nothing = { sha256: '' }
const recorder: Recorder = {
  open: () => ({
    body: (bytes, mediaType) => ({ ...nothing, mediaType, bytes: bytes.length }),
    openBody() {
      let bytes = 0
      return {
        push(chunk) {
          bytes += chunk.length
        },
        bytes: () => bytes,
        finish: (mediaType) => ({ ...nothing, mediaType, bytes }),
      }
    },
    event: async () => {},
  }),
  fact: async () => {},
}

const nothingPublished = {
  current: () => undefined,
  origin: () => 'none' as const,
  rejected: () => undefined,
  onChange() {},
  close() {},
}

const log = createLogger('ingress', 'warn')
const config = readIngressConfig(process.env)
const handle = createPipeline({
  ...config,
  instanceId: 'unrecorded',
  providers: await openProviders(config),
  policy: await followActivePolicy(new Promise(() => {}), config.policySetFile, log),
  clientKeys: nothingPublished,
  quarantine: nothingPublished,
  recorder,
  metrics: createIngressMetrics(createMetrics('ingress')),
  log,
})
const { port } = await listen((request, response) => void handle(request, response), {
  host: '127.0.0.1',
  port: 0,
})
process.send!({ port })
process.on('disconnect', () => process.exit(0))
