import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { repositoryRoot } from '../../infra/local/data-directory.ts'

const path = join(repositoryRoot, 'infra/docker/monitoring/alerts.yml')
const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Airs\w+$/),
          expr: z.string().min(1),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string().min(10), description: z.string().min(20) }),
        }),
      ),
    }),
  ),
})

describe('the alert rules', () => {
  const { groups } = rulesSchema.parse(parse(readFileSync(path, 'utf8')))
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))

  test('have names of their own', () => {
    assert.deepEqual(alerts, [...new Set(alerts)])
  })

  test('have a line each in the runbook, and the runbook has no other', () => {
    const document = readFileSync(join(repositoryRoot, 'docs/operations.md'), 'utf8')
    const runbook = document.slice(document.indexOf('## Runbook')).split('\n## ')[0]!
    const lines = [...runbook.matchAll(/^\| `(Airs\w+)` \| .{5,} \| .{20,} \|$/gm)].map(([, alert]) => alert)
    assert.deepEqual(lines.toSorted(), alerts.toSorted())
  })

  const promtool = spawnSync('promtool', ['--version'])
  test('are right by promtool', { skip: promtool.error && 'promtool is not installed' }, () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', path], { encoding: 'utf8' })
    assert.equal(status, 0, stdout + stderr)
  })
})
