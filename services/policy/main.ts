import { runService } from '@airs-cp/runtime'
import { readPolicyConfig } from './config.ts'
import { startPolicy } from './policy.ts'

await runService('policy', ({ env, log, signal }) => startPolicy(readPolicyConfig(env), log, signal))
