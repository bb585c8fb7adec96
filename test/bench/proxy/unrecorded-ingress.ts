import { createLogger, createMetrics, listen, logTrouble } from '@airs-cp/runtime'
import { createKeptResponseStore } from '../../../services/ingress/admission/kept-response-store.ts'
import { createKeptResponses } from '../../../services/ingress/admission/kept-responses.ts'
import { createRoom } from '../../../services/ingress/admission/room.ts'
import { readIngressConfig } from '../../../services/ingress/config.ts'
import { type Control, followControls } from '../../../services/ingress/controls/follow-controls.ts'
import { indexKeys } from '../../../services/ingress/controls/key-index.ts'
import { quarantineOf } from '../../../services/ingress/controls/quarantine-index.ts'
import { allRecorded } from '../../../services/ingress/decision/cover-content.ts'
import { createPipeline } from '../../../services/ingress/pipeline.ts'
import type { Recorder } from '../../../services/ingress/recording/recorder.ts'
import { openProviders } from '../../../services/ingress/routing/providers.ts'
import { createIngressMetrics } from '../../../services/ingress/telemetry/metrics.ts'

/** The ingress's pipeline without a journal, which the product does not offer: the price of recording is the rest. */
const nothing = { sha256: '' }
const recorder: Recorder = {
  open: () => ({
    cover: () => allRecorded,
    coverBy() {
      return this
    },
    settle: (body) => body,
    body: (bytes, mediaType) => ({ ...nothing, mediaType, bytes: bytes.length }),
    openBody() {
      let bytes = 0
      return {
        push(chunk) {
          bytes += chunk.length
        },
        room: () => undefined,
        omitLong() {},
        bytes: () => bytes,
        finish: (mediaType) => ({ ...nothing, mediaType, bytes }),
      }
    },
    event: async () => {},
    isEnded: () => false,
  }),
  fact: async () => {},
  forgetContents() {},
}

const log = createLogger('ingress', 'warn')
const config = readIngressConfig(process.env)
const controls = await followControls(new Promise(() => {}), config, log)
const known = <Value>(value: Value): Control<Value> => ({
  current: () => value,
  version: () => 0,
  origin: () => 'published',
  rejected: () => undefined,
  incompleteForMs: () => undefined,
})
const handle = createPipeline({
  ...config,
  instanceId: 'unrecorded',
  room: createRoom(config),
  providers: await openProviders(config, log),
  controls: {
    ...controls,
    keys: known(indexKeys([])),
    quarantine: known(quarantineOf(new Map())),
  },
  keptResponses: createKeptResponses(
    createKeptResponseStore(() => undefined, logTrouble(log, 'kept responses')),
  ),
  recorder,
  metrics: createIngressMetrics(createMetrics('ingress'), false),
  log,
})
const { port } = await listen((request, response) => void handle(request, response), {
  host: '127.0.0.1',
  port: 0,
})
process.send!({ port })
process.on('disconnect', () => process.exit(0))
