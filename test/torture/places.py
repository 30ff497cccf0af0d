"""Where a server under torture keeps its folder: an ordinary one, or a small file system of ours.

The file systems are mounted in a mount namespace of the test's own (`enter_namespace`), so nothing
of them is seen outside, or left when the test ends.
"""

import os
import subprocess

IN_NAMESPACE = "LIMPET_TORTURE_NAMESPACE"


def run(*command):
    """The command must succeed: OSError otherwise, with what it said."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              check=False)
    except FileNotFoundError as error:
        raise OSError(f"{command[0]} is not installed") from error
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")


def enter_namespace(command):
    """Run `command` instead of this process where it may mount; the reason why that cannot be.

    Nothing when this is the process that was run."""
    if IN_NAMESPACE in os.environ:
        return None
    reason = ""
    for options in (["--mount"], ["--mount", "--user", "--map-root-user"]):
        unshare = ["unshare", *options, "--propagation", "private"]
        try:
            run(*unshare, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt")
        except OSError as error:
            reason = str(error).rsplit(": ", 1)[-1]
            continue
        os.environ[IN_NAMESPACE] = "mounts"
        os.execvp("unshare", [*unshare, *command])
    return reason


class Folder:
    """An ordinary folder."""

    def __init__(self, path):
        self.path = path
        path.mkdir(parents=True)

    def remove(self):
        subprocess.run(["rm", "-rf", self.path], check=True)


class Tmpfs(Folder):
    """A small file system in memory."""

    def __init__(self, path, mebibytes=48):
        super().__init__(path)
        run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", path)

    def fill(self):
        """Take all room that is left."""
        with open(self.path / "ballast", "wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)) == 4096:
                    pass
            except OSError:
                pass

    def empty(self):
        (self.path / "ballast").unlink()

    def remove(self):
        run("umount", "--lazy", self.path)
        super().remove()


class Ext4(Folder):
    """ext4 on a file, which itself may lie in a small tmpfs so that its blocks can run out."""

    def __init__(self, path, mebibytes=64):
        super().__init__(path)
        self.store = Tmpfs(path.with_name(path.name + "-device"), mebibytes)
        self.image = self.store.path / "image"
        with open(self.image, "wb") as image:
            image.truncate(mebibytes << 20)
        try:
            run("mkfs.ext4", "-q", "-E", "nodiscard", self.image)
            self.mount()
        except OSError:
            self.store.remove()
            raise

    def mount(self):
        run("mount", "-o", "loop,nodiscard", self.image, self.path)

    def mount_again(self):
        """As after a restart of the machine: what only the kernel knew is gone."""
        run("umount", self.path)
        self.mount()

    def remove(self):
        run("umount", "--lazy", self.path)
        super().remove()
        self.store.remove()


def why_no_ext4(folder):
    """The reason why an Ext4 cannot be had here, or nothing."""
    try:
        Ext4(folder / "probe").remove()
        return None
    except OSError as error:
        return str(error).replace(f"{folder}/", "")
    finally:
        subprocess.run(["rm", "-rf", folder / "probe"], check=True)
