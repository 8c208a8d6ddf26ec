# One image for both roles: as it is the web process, with `node server/worker.ts` a worker.
# Needs DATABASE_URL=postgres://…, and a /storage that all of them share or STORAGE_URL=s3://….

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Peers are companions of packages for things that are not used here.
RUN npm ci --omit=dev --omit=peer --no-audit --no-fund
COPY . .
# Stylesheet and scripts are built here once; what builds them is not needed again.
RUN node server/assets/build.ts && cd node_modules && \
    rm -rf esbuild @esbuild tailwindcss @tailwindcss lightningcss* @parcel \
    typescript @typescript vitest @vitest react react-dom .bin

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 STORAGE_DIR=/storage
RUN mkdir /storage && chown node:node /storage
WORKDIR /app
# Of root, so that the application can change nothing of itself.
COPY --from=build /app .
USER node
VOLUME /storage
EXPOSE 3000
# Streams are told to come back and running jobs are handed on, within 10 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --start-interval=1s \
    CMD ["node", "server/commands/health.ts"]
CMD ["node", "server/web.ts"]
