using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Umps.Transport;

// The UMPS transport alone, without ranks and tags: the seven calls Initialize, GetDataBlock, SendBuff, Loop, FreeDataBlock, ShowState, Release.
// Two agents, a thread each, pass a block to and fro; its units are handed over in shared memory, nothing is copied on the way.
//   dotnet run -c Release --project samples/UmpsPingPong
const int warmUp = 2_000, rounds = 10_000;
TimeSpan limit = TimeSpan.FromSeconds(60);

// It starts its two endpoints itself, so under umpsrun the first process does, and the others have nothing to do.
if (Environment.GetEnvironmentVariable("UMPS_RANK") is not (null or "0"))
    return 0;

IReadOnlyList<UserAgentOptions> options = UserAgentOptions.InProcess(agents: 2);
using UserAgent ping = UserAgent.Initialize(options[0]), pong = UserAgent.Initialize(options[1]);
int longest = ping.MessageBytesMax(peer: 1);
int[] sizes = [8, 64, 512, 2048, longest];

var answering = new Thread(() => Answer(pong, (long)sizes.Length * (warmUp + rounds))) { Name = "pong" };
answering.Start();

bool isRight = true;
Console.WriteLine("   bytes   µs one way      MB/s");
foreach (int bytes in sizes)
{
    PassToAndFro(bytes, warmUp);
    long begin = Stopwatch.GetTimestamp();
    PassToAndFro(bytes, rounds);
    double microseconds = Stopwatch.GetElapsedTime(begin).TotalMicroseconds / (2.0 * rounds);
    Console.WriteLine($"{bytes,8} {microseconds,12:F2} {bytes / microseconds,9:F0}");
}

answering.Join();

DataBlock unused = ping.GetDataBlock(64);       // a block that is not sent is given back
ping.FreeDataBlock(unused);
Console.WriteLine(ping.ShowState());
ping.Release();                                 // Dispose is the same
Console.WriteLine(isRight ? "every answer was right" : "ANSWERS WERE WRONG OR MISSING");
return isRight ? 0 : 1;

void PassToAndFro(int bytes, int times)
{
    byte mark = 0;
    bool Check(int sender, ReadOnlySpan<byte> answer)
    {
        isRight &= sender == 1 && answer.Length == bytes && answer.IndexOfAnyExcept(mark) < 0;
        return false;       // one answer ends the loop
    }

    ArrivalCallback check = Check;
    for (int i = 0; i < times && isRight; i++)
    {
        mark = (byte)i;
        DataBlock block = ping.GetDataBlock(bytes);
        block.Span[..bytes].Fill(mark);
        ping.SendBuff(peer: 1, block, bytes);       // the block is the other's now
        isRight &= ping.Loop(check, limit) == LoopEnd.Stopped;
    }
}

// Sends every message back, in a block of its own, until the last.
void Answer(UserAgent agent, long messages)
{
    agent.Loop(
        (sender, bytes) =>
        {
            DataBlock block = agent.GetDataBlock(bytes.Length);
            bytes.CopyTo(block.Span);
            agent.SendBuff(sender, block, bytes.Length);
            return --messages > 0;
        },
        limit);
}
