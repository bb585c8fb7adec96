import { loadClassifier } from './classifier.ts'
import type { ClassifierSettings, FromClassifier, ToClassifier } from './messages.ts'

/**
 * The process that has the model: native code of others, which may end it and takes nothing else with it. It ends when the
 * process that started it does.
 */
const send = (message: FromClassifier) => {
  if (process.connected) process.send!(message)
}

process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})

try {
  const begun = performance.now()
  const classifier = await loadClassifier(JSON.parse(process.argv[2]!) as ClassifierSettings)
  process.on('message', async ({ id, passage }: ToClassifier) => {
    try {
      send({ kind: 'judged', id, confidence: await classifier.judge(passage) })
    } catch (error) {
      send({ kind: 'failed', id, message: (error as Error).message })
    }
  })
  send({ kind: 'loaded', model: classifier.model, loadMs: Math.round(performance.now() - begun) })
} catch (error) {
  send({ kind: 'unusable', message: (error as Error).message })
}
