import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { apps } from './sdks.ts'
import { world } from './world.ts'

/** How many exchanges the gateway has had. */
async function exchanges(): Promise<number> {
  const metrics = await (await fetch(`${world.stack.urls.ingress}/metrics`)).text()
  const counts = [...metrics.matchAll(/^airs_exchange_duration_count\{.*\} (\d+)/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

/** The change that leaving is: nothing but these lines. */
describe('an app leaves by one diff', () => {
  for (const { name, file, missing, diff, run } of apps)
    test(name, { skip: missing }, async () => {
      const before = readFileSync(join(import.meta.dirname, 'leaving', file), 'utf8')
      let after = before
      for (const [removed, added] of diff) {
        assert.ok(after.includes(removed), `${file} has no line ${removed}`)
        after = after.replace(removed, added)
      }
      const start = async (text: string, variant: string) => {
        const path = join(run!.directory, `${variant}-${file}`)
        writeFileSync(path, text)
        const { stdout } = await promisify(execFile)(run!.command, [path], {
          cwd: run!.directory,
          env: { ...world.appEnvironment, OPENAI_BASE_URL: `${world.provider.url}/v1` },
        })
        return stdout
      }
      const [atGateway, atProvider] = [await exchanges(), world.provider.count()]
      const through = await start(before, 'with')
      const [afterGateway, afterProvider] = [await exchanges(), world.provider.count()]
      const direct = await start(after, 'without')
      assert.equal(through, direct)
      assert.match(through, /^Hello\n\{"city":"Bern"\}\none two three\n1\nNotFoundError 404\n$/)
      assert.deepEqual([afterGateway - atGateway, afterProvider - atProvider], [5, 5])
      assert.deepEqual([(await exchanges()) - afterGateway, world.provider.count() - afterProvider], [0, 5])
    })
})
