using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Meridian.ControlPlane.Security;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>What a line needs of the control plane.</summary>
public sealed record AgentLinkServices(
    IDomain Domain, AgentSessions Sessions, AttemptLogs Logs, IDepotTickets Tickets, TimeProvider Time, WriterOptions Writer)
{
    /// <summary>How long an agent may go on alone.</summary>
    public TimeSpan Lease => Writer.Lease;
}

/// <summary>Where agents enrol, renew and connect.</summary>
public sealed class AgentLinkService(AgentLinkServices services, Authority authority) : AgentLink.AgentLinkBase
{
    /// <summary>How often an agent may come back with an expired certificate before it must join anew.</summary>
    public const int ComebackCountMax = 20;

    private static readonly TimeSpan ProofAgeMax = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public override Task<AuthorityReply> ReadAuthority(AuthorityRequest request, ServerCallContext context) =>
        Task.FromResult(new AuthorityReply { Authority = ByteString.CopyFrom(authority.Root.RawData) });

    /// <inheritdoc/>
    public override async Task<Certificate> Enrol(EnrolRequest request, ServerCallContext context)
    {
        if (!JoinTokenText.TryRead(request.Token, out var secret, out var site))
            throw Refused(StatusCode.InvalidArgument, "This is no join token: it begins with 'mjt1.' and comes from 'meridian site token'.");

        var signing = request.SigningRequest.ToByteArray();
        var thumbprint = Guarded(() => Authority.ThumbprintOf(signing));
        var decision = await services.Domain.ExecuteAsync(
            new EnrolNode(secret, site, request.Pool, request.Driver, request.Node, thumbprint), context.CancellationToken);
        if (decision.Fault is { } fault)
            throw Refused(StatusCode.PermissionDenied, fault.Detail);
        return Sign(signing, new NodeId($"{site}/{request.Pool}/{request.Node}"));
    }

    /// <inheritdoc/>
    public override async Task<Certificate> Renew(RenewRequest request, ServerCallContext context)
    {
        var signing = request.SigningRequest.ToByteArray();
        var thumbprint = Guarded(() => Authority.ThumbprintOf(signing));
        var node = new NodeId(request.AgentId);
        if (!services.Domain.Latest.State.Sites.Nodes.TryGetValue(node, out var known) || known.State == NodeState.Banned)
            throw Refused(StatusCode.PermissionDenied, $"Agent '{node}' is banned or unknown here: join it anew with a token.");
        if (!string.Equals(known.KeyThumbprint, thumbprint, StringComparison.Ordinal))
            throw Refused(StatusCode.PermissionDenied, $"Agent '{node}' has another key: join it anew with a token.");
        if (AgentOf(context) == node)
            return Sign(signing, node);

        // No certificate in force. The signing request proves the key; the signed time bounds a replay.
        var age = services.Time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(request.UnixSeconds);
        if (age.Duration() > ProofAgeMax || !ProvesKey(request, signing))
            throw Refused(StatusCode.PermissionDenied, "The proof of the agent's key is wrong or too old: check the machine's clock.");
        var decision = await services.Domain.ExecuteAsync(new ComeBack(node, ComebackCountMax), context.CancellationToken);
        if (decision.Fault is { } fault)
            throw Refused(StatusCode.PermissionDenied, fault.Detail);
        return Sign(signing, node);
    }

    /// <inheritdoc/>
    public override async Task Connect(
        IAsyncStreamReader<FromAgent> requestStream, IServerStreamWriter<ToAgent> responseStream, ServerCallContext context)
    {
        if (AgentOf(context) is not { } node)
            throw Refused(StatusCode.Unauthenticated, "This line needs the agent's certificate of this domain, in force.");
        if (!services.Domain.Latest.State.Sites.Nodes.TryGetValue(node, out var known) || known.State == NodeState.Banned)
            throw Refused(StatusCode.PermissionDenied, $"Agent '{node}' is banned or unknown here.");

        var session = new AgentSession(node, services, responseStream);
        services.Sessions.Open(session);
        try
        {
            await session.RunAsync(requestStream, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The other side went away, or the server stops.
        }
        catch (IOException)
        {
            // The line broke: the agent dials again.
        }
        finally
        {
            services.Sessions.Close(session);
        }
    }

    private NodeId? AgentOf(ServerCallContext context) =>
        context.GetHttpContext().Connection.ClientCertificate is { } shown && authority.AgentOf(shown) is { } agent
            ? new NodeId(agent)
            : null;

    private Certificate Sign(byte[] signingRequest, NodeId node)
    {
        using var signed = Guarded(() => authority.SignAgent(signingRequest, node.Value));
        return new()
        {
            AgentId = node.Value,
            Certificate_ = ByteString.CopyFrom(signed.RawData),
            Authority = ByteString.CopyFrom(authority.Root.RawData),
        };
    }

    private static bool ProvesKey(RenewRequest request, byte[] signingRequest)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(signingRequest));
        var text = $"renew|{request.AgentId}|{request.UnixSeconds}|{digest}";
        var key = CertificateRequest.LoadSigningRequest(
            signingRequest, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default).PublicKey.GetECDsaPublicKey();
        return key?.VerifyData(System.Text.Encoding.UTF8.GetBytes(text), request.Proof.ToByteArray(), HashAlgorithmName.SHA256) == true;
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CryptographicException)
        {
            throw Refused(StatusCode.InvalidArgument, "The certificate signing request cannot be read or is not well signed.");
        }
    }

    private static RpcException Refused(StatusCode code, string detail) => new(new Status(code, detail));
}
