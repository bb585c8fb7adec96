import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeResponse } from './check-base-urls.ts'

const isApi = (status: number, text: string) => describeResponse(status, text).isApi

test('what model APIs say to a request without a credential is an API', () => {
  for (const [status, text] of [
    [200, '{"object":"list","data":[]}'],
    [401, '{"error":{"message":"no key"}}'],
    [401, 'Unauthorized'],
    [404, '{"error":{"type":"not_found_error","message":"no such model"}}'],
    [400, '{"detail":"body"}'],
    [503, ''],
  ] as const)
    assert.equal(isApi(status, text), true, `${status} ${text}`)
})

test('what other servers say is none', () => {
  for (const [status, text] of [
    [200, '<!doctype html><title>Welcome to nginx!</title>'],
    [200, 'Ollama is running'],
    [404, '404 page not found'],
    [404, '{"detail":"Not Found"}'],
    [404, '<html>'],
    [403, '\n<html>'],
    [301, ''],
    [405, ''],
  ] as const)
    assert.equal(isApi(status, text), false, `${status} ${text}`)
})
