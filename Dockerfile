# One image for both roles: runs the web process by default, a worker with `node server/worker.ts`.
# Requires DATABASE_URL=postgres://…, and either a shared /storage or STORAGE_URL=s3://….

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Peer dependencies belong to features of packages that are not used here.
RUN npm ci --omit=dev --omit=peer --no-audit --no-fund
COPY . .
# Builds stylesheet and scripts, then deletes the build tools.
RUN node server/assets/build.ts && cd node_modules && \
    rm -rf esbuild @esbuild tailwindcss @tailwindcss lightningcss* @parcel \
    typescript @typescript vitest @vitest react react-dom .bin

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 STORAGE_DIR=/storage
RUN mkdir /storage && chown node:node /storage
WORKDIR /app
# Owned by root, so that the application cannot change its own code.
COPY --from=build /app .
USER node
VOLUME /storage
EXPOSE 3000
# The process closes its streams and releases its jobs within 10 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --start-interval=1s \
    CMD ["node", "server/commands/health.ts"]
CMD ["node", "server/web.ts"]
