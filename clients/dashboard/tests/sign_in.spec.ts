import { createHash } from 'node:crypto';
import { Hub, SKIP } from '../../typescript/tests/hub_process.js';
import { expect, isLive, test } from './fixtures.js';

const TOKENS = { desk: 'token-of-the-night-desk', reader: 'token-of-a-reader', student: 'token-of-a-student' };
const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const viewer = (id: keyof typeof TOKENS, more: string) => `[[viewer]]\nid = "${id}"\ntoken_sha256 = ["${sha256(TOKENS[id])}"]\n${more}\n`;

test('a hub with accounts asks for a token, says when it is wrong, and then shows', async ({ page }) => {
  test.skip(SKIP !== undefined, SKIP);
  const hub = await new Hub().start(`[hotspot]\nnull_days = 3650\n${viewer('desk', 'operate = true')}${viewer('reader', '')}${viewer('student', 'purposes = ["research"]')}`);
  try {
    await page.goto(`${hub.http}/`);
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await expect(dialog).toContainText('This hub asks who you are');
    await expect(page.locator('#status')).toHaveAttribute('data-state', 'refused');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await dialog.getByLabel('Token').fill('a-wrong-one');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await expect(dialog).toContainText(/token/i);
    await expect(dialog).not.toContainText('This hub asks who you are');
    // Whose rights hold for another purpose: that is no quiet city either.
    await dialog.getByLabel('Token').fill(TOKENS.student);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.locator('#status')).toContainText('Refused');
    await expect(dialog).toContainText(/purpose|grant|right/i);
    await dialog.getByLabel('Token').fill(TOKENS.student);
    await dialog.getByLabel('Purpose').fill('research');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await isLive(page);
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await dialog.getByLabel('Token').fill(TOKENS.reader);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await isLive(page);
    expect(page.url()).not.toContain(TOKENS.reader);
    await page.reload();
    await isLive(page);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(TOKENS.reader);
    await page.goto(`${hub.http}/#/replay?audience=somebody-else`);
    await expect(page.locator('.replay-bar .notice')).toHaveAttribute('data-tone', 'bad');
  } finally {
    await hub.stop();
  }
});
