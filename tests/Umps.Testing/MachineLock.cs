using System;
using System.IO;
using System.Threading;

namespace Umps.Testing;

/// <summary>One lock over the machine for tests that start jobs: <c>dotnet test</c> runs projects side by side, and 32 ranks on two cores are slow then.</summary>
/// <remarks>
/// flock(2) on one file (opening with <see cref="FileShare.None"/> takes it), so the kernel frees it whoever is killed, and a shell script
/// can take part with flock(1). The file stays: removing it would let two holders hold two files of one name.
/// </remarks>
public sealed class MachineLock : IDisposable
{
    /// <summary>Who waits in this process is let in one after the other: who asks the kernel again and again would hardly ever come before who has just left.</summary>
    private static readonly SemaphoreSlim s_turn = new(1);

    private FileStream? _file;

    private MachineLock(FileStream file) => _file = file;

    /// <summary>The file that is locked.</summary>
    public static string PathOfFile => Environment.GetEnvironmentVariable("UMPS_MACHINE_LOCK") ?? "/tmp/umps-machine.lock";

    /// <summary>Waits for the lock.</summary>
    public static MachineLock Take(double secondsMax = 600)
    {
        Deadline deadline = Deadline.After(secondsMax);
        if (!s_turn.Wait(deadline.Remaining))
            throw new TimeoutException($"{PathOfFile} was not to be had for {secondsMax} s");
        while (true)
        {
            try
            {
                return new MachineLock(new FileStream(PathOfFile, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.Read,
                    Share = FileShare.None,
                    UnixCreateMode = (UnixFileMode)0b110_110_110,
                }));
            }
            catch (IOException) when (!deadline.HasPassed)      // held by another test process
            {
                Thread.Sleep(50);
            }
            catch
            {
                s_turn.Release();
                throw;
            }
        }
    }

    /// <summary>Lets the next one in.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _file, null) is not { } file)
            return;
        file.Dispose();
        s_turn.Release();
    }
}
