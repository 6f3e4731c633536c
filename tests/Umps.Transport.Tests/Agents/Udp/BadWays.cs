using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Umps.Transport;

namespace Umps.Tests.Agents.Udp;

/// <summary>Forwarders of datagrams between endpoints, one for each pair: some they lose, some they send twice, some they keep until others have passed.</summary>
internal sealed class BadWays(int seed, double loss = 0.05, double duplication = 0.05, double reordering = 0.05) : IDisposable
{
    private readonly Dictionary<(int, int), Way> _ways = [];

    /// <summary>The address at which one endpoint finds another.</summary>
    public string Between(Endpoint from, Endpoint to)
    {
        lock (_ways)
        {
            (int, int) pair = (Math.Min(from.Id, to.Id), Math.Max(from.Id, to.Id));
            if (!_ways.TryGetValue(pair, out Way? way))
                _ways[pair] = way = new Way(IPEndPoint.Parse(from.AddressOf(AgentKind.Udp)), IPEndPoint.Parse(to.AddressOf(AgentKind.Udp)), seed + _ways.Count, loss, duplication, reordering);
            return way.Address;
        }
    }

    public void Dispose()
    {
        foreach (Way way in _ways.Values)
            way.Dispose();
    }

    private sealed class Way : IDisposable
    {
        private const int KeptMax = 4;

        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2, ReceiveBufferSize = 4 << 20 };
        private readonly Thread _thread;
        private readonly IPEndPoint _one, _other;
        private readonly double _loss, _duplication, _reordering;
        private readonly Random _random;
        private volatile bool _closing;

        public Way(IPEndPoint one, IPEndPoint other, int seed, double loss, double duplication, double reordering)
        {
            (_one, _other, _loss, _duplication, _reordering) = (one, other, loss, duplication, reordering);
            _random = new Random(seed);
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Address = _socket.LocalEndPoint!.ToString()!;
            _thread = new Thread(Run) { IsBackground = true, Name = "bad way" };
            _thread.Start();
        }

        public string Address { get; }

        public void Dispose()
        {
            _closing = true;
            _thread.Join();
            _socket.Dispose();
        }

        private void Run()
        {
            byte[] buffer = new byte[65536];
            var kept = new Queue<(byte[] Bytes, IPEndPoint To)>();
            while (!_closing)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                int length;
                try
                {
                    length = _socket.ReceiveFrom(buffer, ref from);
                }
                catch (SocketException)
                {
                    length = -1;            // the timeout, or an end that has closed
                }
                if (length >= 0 && _random.NextDouble() >= _loss)
                {
                    IPEndPoint to = from.Equals(_one) ? _other : _one;
                    if (_random.NextDouble() < _reordering)
                        kept.Enqueue((buffer[..length], to));
                    else
                        Send(buffer.AsSpan(0, length), to);
                    if (_random.NextDouble() < _duplication)
                        Send(buffer.AsSpan(0, length), to);
                }
                while (kept.Count > (length < 0 ? 0 : KeptMax))
                {
                    (byte[] bytes, IPEndPoint to) = kept.Dequeue();
                    Send(bytes, to);
                }
            }
        }

        private void Send(ReadOnlySpan<byte> bytes, IPEndPoint to)
        {
            try
            {
                _socket.SendTo(bytes, to);
            }
            catch (SocketException)
            {
                return;                     // lost
            }
        }
    }
}
