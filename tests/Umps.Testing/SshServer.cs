using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using Xunit;

namespace Umps.Testing;

/// <summary>A real sshd with keys and configuration of its own, in a network namespace; and the <c>ssh</c> that knows it.</summary>
/// <remarks>The user's own keys, known hosts and configuration are neither read nor written.</remarks>
public sealed class SshServer : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly bool _madePrivilegeFolder;

    private SshServer(Process process, string folder, bool madePrivilegeFolder)
    {
        _process = process;
        _folder = folder;
        _madePrivilegeFolder = madePrivilegeFolder;
    }

    /// <summary>A folder to put in front of PATH: its <c>ssh</c> is the real one with the test's key and configuration.</summary>
    public string ClientFolder => Path.Combine(_folder, "bin");

    /// <summary>Skips the test where sshd is missing.</summary>
    public static void SkipUnlessPossible()
    {
        foreach (string program in (string[])["sshd", "ssh", "ssh-keygen"])
            if (Shell.Find(program) is null)
                Assert.Skip($"needs {program}: packages openssh-server and openssh-client");
    }

    /// <summary>Starts sshd in the namespace, on port 22 of it.</summary>
    public static SshServer Start(NetworkNamespace place)
    {
        string folder = Directory.CreateTempSubdirectory("umps-sshd-").FullName;
        string Own(string name) => Path.Combine(folder, name);
        foreach (string key in (string[])["host", "user"])
            Shell.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "umps test", "-f", Own(key));
        File.Copy(Own("user.pub"), Own("authorized_keys"));
        File.WriteAllText(Own("sshd_config"), $"""
            ListenAddress {place.Address}
            Port 22
            HostKey {Own("host")}
            AuthorizedKeysFile {Own("authorized_keys")}
            StrictModes no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            PidFile none
            LogLevel ERROR

            """);
        File.WriteAllText(Own("ssh_config"), $"""
            Host *
              IdentityFile {Own("user")}
              IdentitiesOnly yes
              StrictHostKeyChecking no
              UserKnownHostsFile {Own("known_hosts")}
              LogLevel ERROR
              BatchMode yes

            """);
        string bin = Directory.CreateDirectory(Own("bin")).FullName;
        File.WriteAllText(Path.Combine(bin, "ssh"), $"#!/bin/sh\nexec {Shell.Find("ssh")} -F {Own("ssh_config")} \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(bin, "ssh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        bool made = !Directory.Exists("/run/sshd");
        Directory.CreateDirectory("/run/sshd");      // sshd's privilege separation folder; the system makes it when it starts its own
        List<string> command = [.. place.Exec, Shell.Find("sshd")!, "-D", "-e", "-f", Own("sshd_config")];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardError = true, WorkingDirectory = "/" };
        for (int i = 1; i < command.Count; i++)
            start.ArgumentList.Add(command[i]);
        // What ssh sessions get is sshd's to decide: nothing of the test's environment may help them.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        var server = new SshServer(Process.Start(start)!, folder, made);
        if (!Deadline.After(20).WaitUntil(() => server._process.HasExited || Answers(place)) || server._process.HasExited)
        {
            string said = server._process.HasExited ? server._process.StandardError.ReadToEnd() : "it does not answer";
            server.Dispose();
            Assert.Skip($"sshd does not start here: {said.Trim()}");
        }

        return server;
    }

    /// <summary>Ends sshd and removes its keys.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (_madePrivilegeFolder && Directory.Exists("/run/sshd") && Directory.GetFileSystemEntries("/run/sshd").Length == 0)
            Directory.Delete("/run/sshd");
    }

    private static bool Answers(NetworkNamespace place) =>
        Shell.TryRun([.. place.Exec, "bash", "-c", $"exec 3<>/dev/tcp/{place.Address}/22 && read -t 5 banner <&3"]).ExitCode == 0;
}
