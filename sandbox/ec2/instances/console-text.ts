import type { Instance } from '@aws-sdk/client-ec2';

/** How far the system has come, or where it has stopped. */
export type ConsoleEnd = 'coming-up' | 'login' | 'panic' | 'emergency';

/**
 * A plausible serial console of a Linux system, up to a prompt where it has one.
 *
 * @param missing the device for want of which it ends in emergency mode
 */
export function consoleText(instance: Instance, end: ConsoleEnd, missing = '/dev/sdf'): string {
  const { Architecture: architecture = 'x86_64', RootDeviceName: root = '/dev/xvda' } = instance;
  const host = `ip-${instance.InstanceId?.slice(2, 10)}`;
  const kernel = [
    `[    0.000000] Linux version 6.12.0 (mockbuild@localhost) (gcc 14.2.1) #1 SMP ${architecture}`,
    `[    0.000000] Command line: BOOT_IMAGE=(hd0,gpt1)/boot/vmlinuz root=${root} ro console=tty0 console=ttyS0,115200n8`,
    '[    0.012000] ACPI: Early table checksum verification disabled',
    '[    1.204512] nvme nvme0: pci function 0000:00:04.0',
  ];
  return [...kernel, ...ends[end](host, architecture, missing)].join('\n');
}

const ends: Readonly<Record<ConsoleEnd, (host: string, architecture: string, missing: string) => readonly string[]>> = {
  'coming-up': () => ['[    2.310877] systemd[1]: Detected virtualization amazon.', ''],
  login: (host, architecture) => [
    '[    2.310877] systemd[1]: Detected virtualization amazon.',
    '[    8.451190] cloud-init[1604]: Cloud-init finished. Datasource DataSourceEc2Local.',
    '',
    'Linux on the sandbox',
    `Kernel 6.12.0 on an ${architecture} (-)`,
    '',
    `${host} login: `,
  ],
  panic: () => [
    '[    1.841220] VFS: Cannot open root device or unknown-block(0,0): error -6',
    '[    1.852110] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    '[    1.853901] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) ]---',
    '',
  ],
  emergency: (_, __, missing) => [
    `[ TIME ] Timed out waiting for device ${missing}.`,
    '[DEPEND] Dependency failed for /data.',
    '[DEPEND] Dependency failed for Local File Systems.',
    'You are in emergency mode. After logging in, type "journalctl -xb" to view',
    'system logs, "systemctl reboot" to reboot, or "exit"',
    'to continue bootup.',
    '',
    'Cannot open access to console, the root account is locked.',
    'See sulogin(8) man page for more details.',
    '',
    'Press Enter to continue.',
  ],
};
