using System.Threading;
using Umps.Progress;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>When the helper stands back, and when it comes again.</summary>
public class HelperTests
{
    [Fact]
    public void NoteWake_ProgramIsThereEachTime_HelperIsInTheWay()
    {
        var merit = new HelperMerit();

        for (int i = 0; i < 4; i++)
            merit.NoteWake(calls: 0, isAttended: true);

        Assert.True(merit.IsInTheWay);
    }

    [Fact]
    public void NoteWake_ProgramComputes_HelperIsNotInTheWay()
    {
        var merit = new HelperMerit();

        for (int i = 0; i < 100; i++)
            merit.NoteWake(calls: i, isAttended: false);

        Assert.False(merit.IsInTheWay);
    }

    [Fact]
    public void Forgive_InTheWay_ComesAgain()
    {
        var merit = new HelperMerit();
        for (int i = 0; i < 8; i++)
            merit.NoteWake(calls: 0, isAttended: true);

        merit.Forgive();

        Assert.False(merit.IsInTheWay);
    }

    /// <summary>A program that has made calls all the time, so that the helper stood back, computes: what is announced to it is taken all the same.</summary>
    [Fact]
    public void Irecv_ProgramComputesAfterManyCalls_IsTakenWithoutAnyCall()
    {
        const int Bytes = 100_000, Window = 16;
        RankHost.Run(2, comm =>
        {
            var data = new byte[Bytes];
            var requests = new Request[Window];
            for (int round = 0; round < 5; round++)
            {
                for (int busy = 0; busy < 200; busy++)
                {
                    for (int i = 0; i < Window; i++)
                        requests[i] = comm.Rank == 0 ? comm.Irecv<byte>(data, 1) : comm.Isend<byte>(data, 0);
                    Request.WaitAll(requests);
                }

                if (comm.Rank == 0)
                {
                    Request request = comm.Irecv<byte>(data, 1);
                    SpinWait.SpinUntil(() => data[Bytes - 1] == 1);    // no call of Comm: only the helper can do it
                    request.Wait();
                    data[Bytes - 1] = 0;
                    comm.Send(0, 1);
                }
                else
                {
                    data[Bytes - 1] = 1;
                    comm.Isend<byte>(data, 0).Wait();
                    data[Bytes - 1] = 0;
                    comm.Recv<int>(0);
                }
            }
        });
    }
}
