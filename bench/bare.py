"""The bare work: `docker run` of a build spec's script, with all that it needs in volumes already."""
import os
import shutil
import subprocess
import tempfile
import time
import urllib.parse
import uuid

# As worker/build/build_container.cc and worker/engine/docker_messages.cc have them.
TMPFS = '/tmp:rw,nosuid,nodev,noexec,mode=1777,size=268435456'
SEALED = ['--network', 'none', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--init',
          '--tmpfs', TMPFS, '--user', '1000:1000', '--workdir', '/build']


def docker(*arguments):
    return subprocess.run(['docker', *arguments], check=True, capture_output=True, text=True).stdout


def _unpack(archive, mirror, folder):
    for url in archive['file']['urls']:
        packed = mirror.file(urllib.parse.unquote(urllib.parse.urlsplit(url).path))
        subprocess.run(['dpkg-deb', '-x', packed, folder], check=True)
        return os.path.join(folder, archive['strip_prefix'])


def _fill(volume, image, folder):
    """Copies a folder into a volume, as the user who builds."""
    docker('run', '--rm', '--network', 'none', '-v', f'{volume}:/to', '-v', f'{folder}:/from:ro', '--user', '0:0', image,
           'sh', '-c', 'cp -a /from/. /to && chown -R 1000:1000 /to')


class Headers:
    """A volume for each kernel, filled once; removed when the `with` ends."""

    def __init__(self, mirror):
        self.mirror, self.volumes = mirror, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for volume in self.volumes.values():
            docker('volume', 'rm', '-f', volume)

    def volume(self, spec):
        kernel = spec['probe']['kernel_release']
        if kernel not in self.volumes:
            volume = f'probefarm-bare-{uuid.uuid4()}'
            with tempfile.TemporaryDirectory() as folder:
                for archive in spec['headers']:
                    _unpack(archive, self.mirror, folder)
                _fill(volume, spec['image']['id'], folder)
            self.volumes[kernel] = volume
        return self.volumes[kernel]


class BareBuild:
    """One run of a script. Prepared when this is made, removed when the `with` ends; run() alone is measured."""

    def __init__(self, spec, headers):
        self.spec = spec
        self.headers = headers.volume(spec)
        self.volume = f'probefarm-bare-{uuid.uuid4()}'
        with tempfile.TemporaryDirectory() as folder:
            for part in ('source', 'out'):
                os.mkdir(f'{folder}/{part}')
            for archive in spec['source']:
                with tempfile.TemporaryDirectory() as unpacked:
                    source = _unpack(archive, headers.mirror, unpacked)
                    shutil.copytree(source, f'{folder}/source', symlinks=True, dirs_exist_ok=True)
            with open(folder + '/build.sh', 'w') as script:
                script.write(spec['script'])
            os.chmod(folder, 0o755)
            _fill(self.volume, spec['image']['id'], folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        docker('volume', 'rm', '-f', self.volume)

    def run(self):
        """Seconds that it took."""
        limits = self.spec['limits']
        environment = [word for name, value in self.spec['env'].items() for word in ('--env', f'{name}={value}')]
        command = ['run', '--rm', *SEALED, *environment, '--memory', str(limits['memory_bytes']), '--memory-swap',
                   str(limits['memory_bytes']), '--cpus', str(limits['cpus']), '--pids-limit', str(limits['processes']),
                   '--mount', f'type=volume,source={self.headers},target=/kernel,readonly',
                   '--mount', f'type=volume,source={self.volume},target=/build', '--entrypoint', 'timeout',
                   self.spec['image']['id'], '-k', '10', str(limits['timeout_seconds']), 'bash', '/build/build.sh']
        started = time.monotonic()
        docker(*command)
        return time.monotonic() - started
