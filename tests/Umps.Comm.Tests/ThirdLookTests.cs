using System;
using System.Diagnostics;
using System.Reflection;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Polling;
using Xunit;

namespace Umps.Tests;

/// <summary>A sender whose look at the doorbell came before the arming, unseen by the kernel's barrier (decision 0098).</summary>
public sealed unsafe class ThirdLookTests
{
    private const int RoundsMax = 200, Lost = 10;

    /// <summary>The doorbell is taken away from who is about to sleep, as if it had not been armed when the sender looked: the message is found all the same, by a receive that has posted, or not, and beside a helper.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Recv_SenderSawNobodyArmed_IsTakenByTheThirdLook(bool posts, bool besideHelper)
    {
        nint doorbell = 0;
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                Volatile.Write(ref doorbell, LineOf(comm));
                Request? other = besideHelper ? comm.Irecv<int>(new int[1], 1, tag: 9) : null;
                for (int i = 0; i < RoundsMax; i++)
                {
                    comm.Send(Stopwatch.GetTimestamp(), 1);
                    var data = new int[1];
                    if (posts)
                        comm.Irecv<int>(data, 1).Wait();
                    else
                        data[0] = comm.Recv<int>(1);
                    Assert.Equal(i, data[0]);
                }
                comm.Send(0L, 1);
                other?.Wait();
            }
            else
            {
                int lost = 0;
                for (int i = 0; i < RoundsMax; i++)
                {
                    long began = comm.Recv<long>(0);
                    lost += lost < Lost && TakeArming((DoorbellLine*)Volatile.Read(ref doorbell), began) ? 1 : 0;
                    comm.Send(i, 0);
                }
                comm.Recv<long>(0);
                if (besideHelper)
                    comm.Send(0, 0, tag: 9);
                Assert.True(lost > 0, "in no round the receiver was met armed within its first sleep");
            }
        });
    }

    private static nint LineOf(Comm comm)
    {
        FieldInfo line = typeof(Endpoint).GetField("_doorbell", BindingFlags.Instance | BindingFlags.NonPublic)!;
        return (nint)Pointer.Unbox(line.GetValue(comm.Core.Endpoint)!);
    }

    /// <summary>Waits until the receiver is armed for anything, and takes that away.</summary>
    /// <param name="line">The receiver's.</param>
    /// <param name="began">Before it went to receive.</param>
    /// <returns>False, with the arming left, when it may have slept for so long that its third look is over.</returns>
    private static bool TakeArming(DoorbellLine* line, long began)
    {
        while ((Volatile.Read(ref line->Armed) & Transport.Polling.Doorbell.LevelMask) != (uint)ArmLevel.Anything)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(0.01))
                return false;
            Thread.SpinWait(10);
        }
        if (Stopwatch.GetElapsedTime(began) > 0.8 * Endpoint.FirstSleep)
            return false;
        Volatile.Write(ref line->Armed, 0);
        return true;
    }
}
