import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTelemetryConfig } from './telemetry-config.ts'

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

test('telemetry is off without an endpoint, and where it is switched off', () => {
  const isOn = (env: NodeJS.ProcessEnv) => {
    const { traces, metrics } = readTelemetryConfig(env)
    return [traces, metrics]
  }
  assert.deepEqual(isOn({}), [false, false])
  assert.deepEqual(isOn(endpoint), [true, true])
  assert.deepEqual(isOn({ ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }), [false, false])
  assert.deepEqual(isOn({ ...endpoint, OTEL_METRICS_EXPORTER: 'none' }), [true, false])
  assert.deepEqual(isOn({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c/v1/metrics' }), [false, true])
  assert.deepEqual(isOn({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/v1/traces' }), [true, false])
})

test('the sampler is read by the names of OpenTelemetry', () => {
  const sampler = (name?: string, argument?: string) =>
    readTelemetryConfig({
      ...(name && { OTEL_TRACES_SAMPLER: name }),
      ...(argument && { OTEL_TRACES_SAMPLER_ARG: argument }),
    }).sampler
  assert.deepEqual(sampler(), { root: 'always_on', parentBased: true, ratio: 1 })
  assert.deepEqual(sampler('always_off'), { root: 'always_off', parentBased: false, ratio: 1 })
  assert.deepEqual(sampler('parentbased_traceidratio', '0.01'), {
    root: 'traceidratio',
    parentBased: true,
    ratio: 0.01,
  })
})

test('what there is not is an error that says what there is', () => {
  const bad: [env: NodeJS.ProcessEnv, said: RegExp][] = [
    [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /there are: always_on, parentbased_always_on/],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' }, /a number from 0 to 1/],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /http\/protobuf alone/],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /there are: otlp, none/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }, /OTEL_EXPORTER_OTLP_ENDPOINT/],
  ]
  for (const [env, said] of bad) assert.throws(() => readTelemetryConfig(env), said)
})
