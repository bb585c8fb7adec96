# One image for every process of AIRS-CP: the command says which. Services have no build step: Node 24 runs their TypeScript as it is,
# though not inside node_modules, so the image holds the repository and npm links its workspaces.
ARG NODE_IMAGE=node:24-bookworm-slim

# What npm needs, and nothing else: dependencies are installed anew only when this changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
 && find . -mindepth 1 -type d -empty -delete

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY --from=manifests /app ./
# Optional are the embedded Postgres and a Node of its own, which are for the laptop.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --loglevel=error

# The pages of the console: static files, so nothing of what builds them is in the image.
FROM ${NODE_IMAGE} AS pages
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --workspace services/console/web --ignore-scripts --loglevel=error
COPY tsconfig.json ./
COPY services/console/web services/console/web
RUN node services/console/web/build/main.ts

FROM ${NODE_IMAGE} AS runtime
WORKDIR /app
# A new volume takes over owner and mode of the folder that it is mounted on. 1000 is the base image's user "node";
# Kubernetes wants the number.
RUN install -d -o 1000 -g 1000 -m 0700 /var/lib/airs && install -d /run/airs/secrets
COPY --from=dependencies /app ./
COPY . .
COPY --from=pages /app/services/console/web/dist services/console/web/dist
RUN ln -s /app/infra/docker/airs /usr/local/bin/airs
# The cache halves what a health check costs, which is a Node of its own.
ENV NODE_ENV=production \
    MALLOC_MMAP_THRESHOLD_=4194304 \
    MALLOC_ARENA_MAX=2 \
    NODE_COMPILE_CACHE=/tmp/compile-cache \
    AIRS_HOST=0.0.0.0 \
    AIRS_DATA_DIR=/var/lib/airs

# For live updates (Tilt): the user may overwrite the sources, and Node starts anew when they change.
FROM runtime AS development
RUN chown -R 1000:1000 /app
USER 1000:1000
EXPOSE 8080
ENTRYPOINT ["/app/infra/docker/entrypoint"]
CMD ["node", "--watch", "services/ingress/main.ts"]

FROM runtime
USER 1000:1000
EXPOSE 8080 8081 8082 8083 8084 8090
# A check is a Node of its own: on a busy host all containers' checks at once take seconds.
HEALTHCHECK --interval=15s --timeout=15s --start-period=60s --retries=3 \
  CMD ["node", "infra/docker/health.ts", "ingress"]
ENTRYPOINT ["/app/infra/docker/entrypoint"]
CMD ["node", "services/ingress/main.ts"]
