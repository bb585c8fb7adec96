# Stands in for nats:2-alpine: Debian's nats-server.
FROM airs-stand-in
CMD ["nats-server"]
