import { runService } from '@airs-cp/runtime'
import { readIngressConfig } from './config.ts'
import { startIngress } from './ingress.ts'

await runService('ingress', ({ env, log }) => startIngress(readIngressConfig(env), log))
