/** What each variable means, by name; its default and its readers are known to the code. */
export const meanings: Readonly<Record<string, string>> = {
  AIRS_HOST: 'address to bind; `0.0.0.0` in the image',
  AIRS_INGRESS_PORT: 'port of the ingress',
  AIRS_CONSOLE_PORT: 'port of the console, the one origin of all control APIs',
  AIRS_ENVIRONMENT:
    'name of this installation, such as `production`, at most 40 characters; the console shows it in its top bar, `airs status` beside the address',
  AIRS_POLICY_PORT: 'port of the policy service',
  AIRS_AUDIT_PORT: 'port of the audit service',
  AIRS_LINEAGE_PORT: 'port of the lineage service',
  AIRS_EXPORT_PORT: 'port of the export service',
  AIRS_INGRESS_URL: 'where the console finds it; default: its port on this machine',
  AIRS_POLICY_URL: 'where the console finds it; default: its port on this machine',
  AIRS_AUDIT_URL: 'where the console finds it; default: its port on this machine',
  AIRS_LINEAGE_URL: 'where the console finds it; default: its port on this machine',
  AIRS_EXPORT_URL: 'where the console finds it; default: its port on this machine',
  AIRS_TLS_CERT_FILE: 'certificate chain (PEM) to serve TLS with; [TLS](#tls)',
  AIRS_TLS_KEY_FILE: 'its key (PEM)',
  AIRS_HEADERS_TIMEOUT_MS: 'time that a client has for its headers',
  AIRS_REQUEST_TIMEOUT_MS: 'time that a client has for its whole request',
  AIRS_MAX_HEADER_BYTES: 'largest headers; larger ones get status 431',
  AIRS_MAX_CONNECTIONS: 'connections at once; more are closed',
  AIRS_WRITE_TIMEOUT_MS: 'time without progress after which a response that its client does not read is cut',
  AIRS_ALLOWED_HOSTS:
    'names, comma-separated, under which clients may address this server, beside loopback and the bound address; [browsers](#browsers)',
  AIRS_ALLOWED_ORIGINS:
    'origins of web pages, comma-separated, that may use this server (CORS); [browsers](#browsers)',
  AIRS_TOKEN: "an administrator's token of the control APIs; made at the first start",
  AIRS_TOKEN_SHA256:
    'SHA-256 of that token, instead of the token; what `npm start`, compose and the Kubernetes secrets give to services',
  AIRS_GATEWAY_TOKEN_SHA256:
    "SHA-256 of the token that the CLI in the gateway's container has; its role is `exporter`",
  AIRS_TOKENS_FILE: 'further tokens with roles; [tokens and roles](#tokens-and-roles)',
  DATABASE_URL: 'Postgres; of its own per service, made at the first start',
  NATS_URL: 'NATS; a user of its own per process, made at the first start',
  AIRS_DATA_DIR:
    'journal, instance and last known good policy set; keys and last checkpoint of the log; exports',
  AIRS_INGRESS_NAME:
    'name of this ingress, `ingress` or `ingress-…`: under it alone its NATS user can publish. Unset: that of the NATS user, else `ingress`; [several ingresses](deployment.md#several-ingresses)',
  AIRS_TENANT: 'tenant of the exchanges of this ingress',
  AIRS_RECORDING: 'how sure a record is before traffic goes on: `strict`, `replicated`, `best-effort`',
  AIRS_RECORD_CONTENT:
    'how much of the content of exchanges is recorded: `full`, `redacted` (values that an enforcing policy found are masked), `digests`; [privacy](privacy.md)',
  AIRS_FINGERPRINT_KEY: 'keys the fingerprints of credentials; made at the first start',
  AIRS_PROVIDER:
    'default provider: `openai`, `azure`, `anthropic`, `gemini`, `ollama`, `mock`, or one of the file. `npm start` takes the one that has an address or a key here, else `mock`',
  AIRS_PROVIDERS_FILE: 'further providers, and routes by model; [providers](providers.md)',
  AIRS_SECOND_STAGE_DIR:
    'folder with `model.onnx` and `tokenizer.json` of a classifier that judges what the injection detector suspects; [second stage](second-stage.md)',
  AIRS_SECOND_STAGE_MODULES: 'folder whose `node_modules` have what runs it',
  AIRS_SECOND_STAGE_WAIT_MS:
    'how long a request waits for it where a policy enforces; afterwards the first stage decides',
  AIRS_SECOND_STAGE_THREADS: 'threads that it computes with',
  AIRS_MCP_FILE: 'MCP servers behind `/mcp/NAME`; [MCP](mcp.md)',
  AIRS_OPENAI_BASE_URL: "upstream address, instead of the provider's own",
  AIRS_OPENAI_API_KEY: "credential of the server's own; without it the client's passes through",
  AIRS_ANTHROPIC_BASE_URL: "upstream address, instead of the provider's own",
  AIRS_ANTHROPIC_API_KEY: "credential of the server's own",
  AIRS_GEMINI_BASE_URL: "Gemini's address",
  AIRS_GEMINI_API_KEY: "credential of the server's own",
  AIRS_AZURE_BASE_URL: '`https://NAME.openai.azure.com`',
  AIRS_AZURE_API_KEY: "credential of the server's own",
  AIRS_AZURE_API_VERSION: 'a dated API version; without one the v1 routes are used',
  AIRS_OLLAMA_BASE_URL: 'upstream address',
  AIRS_INSECURE: "`true`: whoever reaches the port may use the server's credentials",
  AIRS_KEYS:
    "`required`: every request needs a client key. `optional`: none does, on loopback or with `AIRS_INSECURE`. Unset: the server's credentials need one, on loopback as soon as a key has ever been made",
  AIRS_FORMER_TELEMETRY_NAMES:
    '`true`: metrics of models also under the names that they had in 0.1.0; only in 0.2; [telemetry](#telemetry)',
  AIRS_UNKNOWN_ROUTES:
    '`record`: routes that no wire format knows are forwarded and recorded with the coverage `bytes only`. `refuse`: they get status 404',
  AIRS_FORWARD_SESSION_ID: '`true`: providers get the header `X-Session-ID`',
  AIRS_CLIENT_ORGANIZATIONS:
    "values of `OpenAI-Organization` and `OpenAI-Project` that clients may choose where the server's credential is used; others are left out",
  AIRS_MAX_BODY_BYTES: 'largest request; a larger one gets status 413',
  AIRS_MAX_BYTES_IN_FLIGHT:
    'bytes of request bodies and their texts that are in memory at once, at least three times the largest body; more get status 503. Strangers share a quarter of it, or room for one body, where there are client keys',
  AIRS_WORKERS:
    'ingress processes that share the port, each with its journal and with the limits of this table; `auto` is one per core. An ingress with MCP servers has one',
  AIRS_MAX_EXCHANGES: 'exchanges under way at once; more get status 503',
  AIRS_MAX_EXCHANGES_PER_CLIENT:
    'the same for one client (its credential, or its address where it has none); more get status 429',
  AIRS_MAX_JSON_VALUES: 'values (members, elements) in one request body; more get status 413',
  AIRS_MAX_ANSWER_BYTES: 'largest response; a larger one is cut',
  AIRS_JOURNAL_LIMIT_BYTES: 'what the journal may hold; then requests are refused',
  AIRS_CONNECT_TIMEOUT_MS: 'to connect to a provider',
  AIRS_FIRST_BYTE_TIMEOUT_MS: 'time until a provider’s response begins',
  AIRS_IDLE_TIMEOUT_MS: 'time between pieces of a response',
  AIRS_TOTAL_TIMEOUT_MS: 'time for a whole response',
  AIRS_UPSTREAM_RETRIES: 'repetitions of a call that is safe to repeat',
  AIRS_MAX_RETRY_WAIT_MS: 'longest `Retry-After` that is waited for',
  AIRS_DRAIN_TIMEOUT_MS: 'time for exchanges under way when the ingress stops',
  AIRS_MODE: '`observe`, `enforce`, `off` or `stop`, at the very first start',
  AIRS_POLICY_FILE: 'policies that are applied at each start',
  AIRS_GAP_GRACE_MS: 'how long missing events are waited for before the gap is recorded',
  AIRS_RETAIN_CONTENT_DAYS:
    'So many days (UTC) after its request the content of an exchange is erased; facts and proofs stay. Not set: never ([privacy](privacy.md#retention))',
  AIRS_RETAIN_METADATA_DAYS:
    'So many days (UTC) after they were recorded, traffic events are dropped with all that was derived of them; at least 184. Not set: never ([privacy](privacy.md#retention))',
  AIRS_RETAIN_UNTIL_ARCHIVED:
    '`true`: a day whose metadata is past its time is dropped only when it is archived ([archive](archive.md))',
  AIRS_ABANDON_AFTER_MS:
    'when an exchange without outcome is abandoned although its ingress was not heard of',
  AIRS_LOG_ORIGIN: 'name of the transparency log, at the very first start; chosen at random without it',
  AIRS_LOG_ML_DSA: '`true`: the log also signs with ML-DSA-44; decided at the very first start',
  AIRS_WITNESS_POLICY_FILE: 'witnesses that cosign the log (C2SP tlog-policy)',
  AIRS_LOG_ANCHOR_FILE: 'a file to which every published checkpoint is appended',
  AIRS_LOG_ANCHOR_URL: 'an address to which published checkpoints are posted',
  AIRS_LOG_ANCHOR_EVERY_MS: 'least time between two such posts, or objects in a bucket',
  AIRS_LOG_ANCHOR_S3_BUCKET:
    'an S3 bucket to which published checkpoints are put; credentials as the AWS SDK finds them',
  AIRS_LOG_ANCHOR_S3_REGION: 'its region',
  AIRS_LOG_ANCHOR_S3_PREFIX: 'put before the names of those objects; ends in `/`',
  AIRS_LOG_ANCHOR_S3_ENDPOINT: 'its address, where it is not of AWS',
  AIRS_LOG_ANCHOR_S3_LOCK_DAYS:
    'days for which nobody can delete them (object lock in compliance mode); 0: as the bucket says',
  AIRS_EXPORT_CONCURRENCY: 'exports at once',
  AIRS_ALERT_URLS: 'webhooks that alerts are posted to, comma-separated; [alerts](alerts.md)',
  AIRS_ALERT_SLACK_URLS: 'incoming webhooks of Slack that alerts go to, comma-separated',
  AIRS_ALERT_TEAMS_URLS: 'webhooks of Microsoft Teams (Workflows) that alerts go to, comma-separated',
  AIRS_ALERT_PAGERDUTY_KEYS:
    'integration keys of PagerDuty (Events API v2) that alerts go to, comma-separated',
  AIRS_ALERT_PAGERDUTY_URL: 'address of that API; `https://events.eu.pagerduty.com/v2/enqueue` in the EU',
  AIRS_ALERT_CONSOLE_URL:
    'address of the console as people reach it, for links in alerts and links that log in',
  AIRS_ALERT_SECRET: 'signs alerts to `AIRS_ALERT_URLS`; at least 16 characters, or `whsec_` and base64',
  AIRS_ALERT_EVENTS: 'which events are alerts',
  AIRS_STANDBY:
    'whether it waits for its turn while another of its kind works on the database, instead of ending after 20 s',
  AIRS_REQUIRE_BACKTEST: 'whether a policy that enforces needs the digest of a backtest of it',
  AIRS_EXPORT_KEEP_HOURS: 'how long the file of an export is kept',
  AIRS_EXPORT_S3_BUCKET:
    'bucket that finished exports are kept in; without it they stay in the data directory',
  AIRS_EXPORT_S3_REGION: 'region of the bucket',
  AIRS_EXPORT_S3_PREFIX: 'what their names in the bucket begin with',
  AIRS_EXPORT_S3_ENDPOINT: 'address of a storage that speaks S3; default: that of AWS',
  AIRS_ARCHIVE_DIR:
    'folder of archived days; `archive` in the data directory without it ([archive](archive.md))',
  AIRS_ARCHIVE_S3_BUCKET: 'bucket of archived days, in place of the folder',
  AIRS_ARCHIVE_S3_REGION: 'its region',
  AIRS_ARCHIVE_S3_PREFIX: 'what names of archived days begin with; ends in `/`',
  AIRS_ARCHIVE_S3_ENDPOINT: 'its address, where it is not of AWS',
  AIRS_POSTGRES_PASSWORDS: 'password per role, JSON; made at the first start',
  AIRS_STREAM_REPLICAS:
    'NATS servers that hold each stream; 3 in a cluster. Without it, streams keep what they have',
  AIRS_STREAM_MAX_BYTES:
    'what the traffic stream may hold (others an eighth of it), by default 4 GiB, or less where NATS has not so much room. Without it, streams keep the bound that they have',
  OTEL_SDK_DISABLED: '`true`: no telemetry',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'where telemetry goes; [telemetry](#telemetry)',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'for traces alone, with `/v1/traces`',
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'for metrics alone, with `/v1/metrics`',
  OTEL_EXPORTER_OTLP_PROTOCOL: '`http/protobuf`',
  OTEL_TRACES_EXPORTER: '`otlp` or `none`',
  OTEL_METRICS_EXPORTER: '`otlp` or `none`',
  OTEL_TRACES_SAMPLER: 'which traces are recorded',
  OTEL_TRACES_SAMPLER_ARG: 'the share, for `…traceidratio`',
  OTEL_BSP_SCHEDULE_DELAY: 'milliseconds between batches of spans',
  OTEL_BSP_EXPORT_TIMEOUT: 'milliseconds to send one',
  OTEL_BSP_MAX_QUEUE_SIZE: 'spans that may wait; more are dropped',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 'spans in a batch',
  OTEL_METRIC_EXPORT_INTERVAL: 'milliseconds between two sendings of metrics',
}
