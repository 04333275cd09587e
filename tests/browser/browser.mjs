// What the tests in a browser share: headless Chromium, and what it must not do.
//
// GATEHOUSE_URL says where the server is; GATEHOUSE_USER and GATEHOUSE_PASSWORD are those of a super admin there.
// CHROMIUM is the browser, if it is not where Debian has it.

import assert from 'node:assert/strict';
import { env, getuid } from 'node:process';

import { chromium } from 'playwright-core';

/** How long one thing may take in the browser, in milliseconds. */
export const PATIENCE = 10_000;

export const { origin } = new URL(variable('GATEHOUSE_URL'));
export const superAdmin = { username: variable('GATEHOUSE_USER'), password: variable('GATEHOUSE_PASSWORD') };

/** How the browser is started. */
export const OPTIONS = {
  executablePath: env.CHROMIUM ?? '/usr/bin/chromium',
  // As root, Chromium starts without its sandbox only.
  chromiumSandbox: getuid() !== 0,
  // Playwright itself switches off what talks to the network in the background.
  args: ['--disable-gpu', '--disable-quic'],
  timeout: 2 * PATIENCE,
};

/** Starts the browser, which ends with the test `t`. */
export async function launch(t, options = {}) {
  const browser = await chromium.launch({ ...OPTIONS, ...options });
  t.after(() => browser.close());
  return browser;
}

/**
 * Collects the address of every request that the pages of the browser make, and all that goes wrong in them. The
 * console shows as an error what violates the Content-Security-Policy, and every answer that is none of success.
 */
export function watch(context, t) {
  const requests = [];
  const errors = [];
  const report = (error) => {
    errors.push(error);
    t.diagnostic(`in the browser: ${error}`);
  };
  context.on('request', (request) => requests.push(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error') {
      report(`${message.text()} ${message.location().url}`);
    }
  });
  context.on('weberror', (error) => report(`${error.error()}`));
  return { requests, errors };
}

/** An environment variable, which must be set. */
export function variable(name) {
  assert.ok(env[name], `the environment variable ${name} is missing`);
  return env[name];
}
