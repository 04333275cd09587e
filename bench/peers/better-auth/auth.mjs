// Accounts on better-auth: its users, usernames, roles, and sessions in the database.

import { betterAuth } from "better-auth";
import { admin, username } from "better-auth/plugins";
import pg from "pg";

export const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE_URL });

export const auth = betterAuth({
  baseURL: "http://127.0.0.1",
  database: pool,
  emailAndPassword: { enabled: true },
  plugins: [admin(), username()],
  secret: "known to everybody, for measurements alone",
});
