// Serves the accounts on the HTTP server of Node.js, with a process for each core.

import cluster from "node:cluster";
import { createServer } from "node:http";
import { availableParallelism } from "node:os";
import { json } from "node:stream/consumers";

import { fromNodeHeaders } from "better-auth/node";

import { auth } from "./auth.mjs";

const routes = {
  "GET /api/v1/": () => Response.json({ status: "ok" }),

  "POST /api/v1/account/login": async (request, headers) =>
    auth.api.signInUsername({ body: await json(request), headers, asResponse: true }),

  "GET /api/v1/account/me": async (_, headers) => {
    const session = await auth.api.getSession({ headers });
    return session ? Response.json(session.user) : new Response(null, { status: 401 });
  },

  "GET /api/v1/users/": (_, headers, query) =>
    auth.api.listUsers({ query: { limit: query.get("limit") ?? 20, sortBy: "username" }, headers, asResponse: true }),
};

async function answer(request, response) {
  const url = new URL(request.url, "http://127.0.0.1");
  const route = routes[`${request.method} ${url.pathname}`] ?? (() => new Response(null, { status: 404 }));
  const answered = await route(request, fromNodeHeaders(request.headers), url.searchParams);
  response.setHeaders(answered.headers);
  response.writeHead(answered.status);
  response.end(await answered.text());
}

if (cluster.isPrimary) {
  for (let started = 0; started < availableParallelism(); started++) {
    cluster.fork();
  }
} else {
  createServer((request, response) =>
    answer(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    }),
  ).listen(Number(process.argv[2]), "127.0.0.1");
}
