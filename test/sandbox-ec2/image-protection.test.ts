import { describe, expect, it } from 'vitest';
import { anImage, aPlane, consumer, hours, imageOf, minutes, type PlaneUnderTest, refusal } from './plane.ts';

const protectionOf = (plane: PlaneUnderTest, ImageId: string) => imageOf(plane, ImageId).DeregistrationProtection;

describe('deregistration protection', () => {
  it('keeps an image from being deregistered, and goes at once without a cooldown', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    expect(plane.call('EnableImageDeregistrationProtection', { ImageId })).toEqual({
      Return: 'enabled-without-cooldown',
    });
    expect(protectionOf(plane, ImageId)).toBe('enabled-without-cooldown');
    expect(refusal(() => plane.call('DeregisterImage', { ImageId }))).toEqual({
      code: 'OperationNotPermitted',
      message: `The image '${ImageId}' is protected from deregistration: its protection is 'enabled-without-cooldown'.`,
    });
    expect(plane.service.inspect.images()).toHaveLength(1);
    expect(plane.call('DisableImageDeregistrationProtection', { ImageId })).toEqual({ Return: 'disabled' });
    expect(plane.call('DeregisterImage', { ImageId }).Return).toBe(true);
  });

  it('lasts 24 hours longer with a cooldown, and says until when', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    plane.call('EnableImageDeregistrationProtection', { ImageId, WithCooldown: true });
    expect(protectionOf(plane, ImageId)).toBe('enabled-with-cooldown');
    const cooling = `disabled after ${new Date(plane.clock.now() + 24 * hours).toISOString()}`;
    expect(plane.call('DisableImageDeregistrationProtection', { ImageId })).toEqual({ Return: cooling });
    await plane.clock.advance(24 * hours - 1);
    expect(plane.call('DisableImageDeregistrationProtection', { ImageId })).toEqual({ Return: cooling });
    expect(protectionOf(plane, ImageId)).toBe(cooling);
    expect(refusal(() => plane.call('DeregisterImage', { ImageId })).code).toBe('OperationNotPermitted');
    await plane.clock.advance(1);
    expect(protectionOf(plane, ImageId)).toBe('disabled');
    expect(plane.call('DeregisterImage', { ImageId }).Return).toBe(true);
  });

  it('can be enabled anew while it cools down, and cools down for 24 hours again', async () => {
    const plane = aPlane({ cooldownEndPrecision: 'seconds' });
    const ImageId = await anImage(plane);
    const enable = () => plane.call('EnableImageDeregistrationProtection', { ImageId, WithCooldown: true });
    const disable = () => plane.call('DisableImageDeregistrationProtection', { ImageId });
    enable();
    disable();
    await plane.clock.advance(20 * hours);
    enable();
    await plane.clock.advance(minutes);
    expect(disable().Return).toMatch(/^disabled after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await plane.clock.advance(5 * hours);
    expect(protectionOf(plane, ImageId)).toMatch(/^disabled after /);
    await plane.clock.advance(19 * hours);
    expect(protectionOf(plane, ImageId)).toBe('disabled');
  });

  it("is the owner's to change, and outlives a dump", async () => {
    const plane = aPlane({ protectedImageCode: 'InvalidAMIID.Unavailable' });
    const ImageId = await anImage(plane);
    const enable = () => plane.call('EnableImageDeregistrationProtection', { ImageId }, consumer);
    expect(refusal(enable).code).toBe('InvalidAMIID.NotFound');
    plane.call('EnableImageDeregistrationProtection', { ImageId, WithCooldown: true });
    plane.call('DisableImageDeregistrationProtection', { ImageId });
    const other = aPlane();
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    expect(refusal(() => other.call('DeregisterImage', { ImageId })).code).toBe('InvalidAMIID.Unavailable');
    await other.clock.advance(24 * hours);
    expect(protectionOf(other, ImageId)).toBe('disabled');
  });

  it('leaves disabling alone, unless the behaviour says otherwise', async () => {
    const plane = aPlane({ protectionBlocksDisabling: true });
    const ImageId = await anImage(plane);
    plane.call('EnableImageDeregistrationProtection', { ImageId });
    expect(refusal(() => plane.call('DisableImage', { ImageId })).code).toBe('OperationNotPermitted');
    plane.service.setBehaviour({ protectionBlocksDisabling: false });
    plane.call('DisableImage', { ImageId });
    expect(imageOf(plane, ImageId).State).toBe('disabled');
  });
});
